import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '../src');
const LOCK = /const ([A-Z_]+_LOCKS?) = (\d[\d_]*);/g;

it('every kind of advisory lock has a number of its own: two that share one may wait for each other', async () => {
  const found: string[] = [];
  const names: string[] = [];
  for await (const file of glob('**/*.ts', { cwd: SOURCE }))
    for (const [, name = '', number = ''] of (await readFile(join(SOURCE, file), 'utf8')).matchAll(LOCK)) {
      found.push(number);
      names.push(name);
    }
  expect(names).toContain('RECEIPT_LOCKS');
  expect(found.filter((number, index) => found.indexOf(number) !== index)).toEqual([]);
});
