import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../../test/test-folder.ts';
import { testWorld } from '../../test/world.ts';
import { MINUTE_MS } from '../platform/time.ts';
import { spoolIn } from './spool.ts';

it('removes what a killed writer has left, and nothing that is whole or still being written', async () => {
  const { clock, newUuid } = testWorld();
  const folder = await testFolder();
  const spool = spoolIn(folder);
  const [killed, whole] = [newUuid(), newUuid()];
  await writeFile(join(folder, `${killed}.part`), 'half a li');
  await spool.write(whole, []);
  await clock.advance(11 * MINUTE_MS);
  const before = clock.now();
  const writing = newUuid();
  await writeFile(join(folder, `${writing}.part`), '');
  await spool.removeUnfinished(before);
  expect((await readdir(folder)).sort()).toEqual([`${whole}.events`, `${writing}.part`]);
});

it('finds nothing to remove where nothing was ever written', async () => {
  const { clock } = testWorld();
  await spoolIn(join(await testFolder(), 'none')).removeUnfinished(clock.now());
});
