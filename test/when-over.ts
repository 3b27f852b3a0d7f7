import { afterAll, onTestFinished, TestRunner } from 'vitest';

/**
 * After the test when a test or its `beforeEach` asks for it, else after the test file; what was asked for last comes first. A
 * `beforeAll` cannot ask: nothing that is registered there is called.
 */
export function whenOver(end: () => Promise<void>): void {
  if (TestRunner.getCurrentTest() === undefined) afterAll(end);
  else onTestFinished(end);
}
