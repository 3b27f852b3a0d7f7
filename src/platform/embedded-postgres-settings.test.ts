import { expect, it } from 'vitest';
import { buffersFor } from './embedded-postgres-settings.ts';

const GIB = 2 ** 30;

it.each([
  [GIB / 2, GIB / 8],
  [GIB, GIB / 8],
  [4 * GIB, GIB / 2],
  [8 * GIB, GIB],
  [256 * GIB, GIB],
])('of %i bytes, PostgreSQL keeps %i for itself', (memory, buffers) => {
  expect(buffersFor(memory)).toBe(buffers);
});
