import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../../test/test-folder.ts';
import { testWorld } from '../../test/world.ts';
import { addMs } from '../platform/time.ts';
import type { NewEvent } from './event-store.ts';
import { spoolIn } from './spool.ts';
import { spoolDepth } from './spool-depth.ts';

async function depthWorld() {
  const folder = join(await testFolder(), 'spool');
  const { clock, newUuid } = testWorld();
  const spool = spoolIn(folder);
  const event = (receivedAt = clock.now()): NewEvent => ({
    id: newUuid(),
    accountId: newUuid(),
    eventId: newUuid(),
    type: 'message.received',
    phone: null,
    orderKey: null,
    payload: '{}',
    headers: {},
    receivedAt,
    source: 'webhook',
    signedBy: null,
    unreadable: null,
  });
  return { folder, spool, newUuid, event, now: clock.now(), read: spoolDepth(spool) };
}

it('is nothing where nothing was ever put down', async () => {
  const { read } = await depthWorld();
  expect(await read()).toEqual({ files: 0, damaged: 0, events: 0, oldest: undefined });
});

it('counts the events of all files, and tells when the first of them came in', async () => {
  const { read, spool, newUuid, event, now } = await depthWorld();
  await spool.write(newUuid(), [event(), event(addMs(now, -90_000))]);
  expect(await read()).toMatchObject({ files: 1, events: 2 });
  await spool.write(newUuid(), [event()]);
  const { oldest, ...counts } = await read();
  expect(counts).toEqual({ files: 2, damaged: 0, events: 3 });
  expect(oldest?.toString()).toBe(addMs(now, -90_000).toString());
});

it('is less as soon as a file has been brought in', async () => {
  const { read, spool, newUuid, event } = await depthWorld();
  const [first, second] = [newUuid(), newUuid()];
  await spool.write(first, [event(), event()]);
  await spool.write(second, [event()]);
  expect(await read()).toMatchObject({ files: 2, events: 3 });
  await spool.remove(`${first}.events`);
  expect(await read()).toMatchObject({ files: 1, events: 1 });
});

it('tells of a damaged file instead of failing, and reads no file a second time', async () => {
  const { folder, spool, newUuid, event } = await depthWorld();
  await spool.write(newUuid(), [event()]);
  await writeFile(join(folder, '0.events'), 'damaged');
  const reads: string[] = [];
  const read = spoolDepth({
    ...spool,
    read(name) {
      reads.push(name);
      return spool.read(name);
    },
  });
  for (let times = 0; times < 2; times += 1) expect(await read()).toMatchObject({ files: 2, damaged: 1, events: 1 });
  expect(reads).toHaveLength(2);
});
