import { afterAll, onTestFinished, TestRunner } from 'vitest';

const ends: (() => Promise<unknown>)[] = [];

// Registered as the file is read: what a `beforeAll` registers is never called.
afterAll(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** After the test when a test or its `beforeEach` asks for it, else after the test file; what was asked for last comes first. */
export function whenOver(end: () => Promise<unknown>): void {
  if (TestRunner.getCurrentTest() === undefined) ends.push(end);
  else onTestFinished(async () => void (await end()));
}
