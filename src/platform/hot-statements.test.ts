import { expect, test } from 'vitest';
import { hotStatements } from './hot-statements.ts';

const run = (hot: ReturnType<typeof hotStatements>, text: string, times: number): string | undefined => {
  let name: string | undefined;
  for (let count = 0; count < times; count += 1) name = hot.nameOf(text);
  return name;
};

test('a statement is prepared from its hundredth use on, each text under a name of its own', () => {
  const hot = hotStatements();
  expect(run(hot, 'select $1', 99)).toBeUndefined();
  const first = run(hot, 'select $1', 1);
  expect(first).toBeDefined();
  expect(run(hot, 'select $1', 5)).toBe(first);
  const second = run(hot, 'select $2', 100);
  expect(second).toBeDefined();
  expect(second).not.toBe(first);
});

test('there are no more than 250 names, and those that exist stay', () => {
  const hot = hotStatements();
  for (let index = 0; index < 300; index += 1) run(hot, `select ${index}`, 100);
  expect(hot.nameOf('select 0')).toBeDefined();
  expect(hot.nameOf('select 249')).toBeDefined();
  expect(run(hot, 'select 250', 100)).toBeUndefined();
});

test('texts that come once do not keep a busy one from being prepared', () => {
  const hot = hotStatements();
  for (let index = 0; index < 100_000; index += 1) {
    hot.nameOf(`select ${index}`);
    if (index % 10 === 0) hot.nameOf('busy');
  }
  expect(hot.nameOf('busy')).toBeDefined();
});
