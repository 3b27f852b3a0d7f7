import { expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { inboxFixture } from '../conversations/inbox.fixture.ts';
import { showId } from '../platform/ids.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const fixture = await inboxFixture(db, testWorld().newUuid);
const cli = (...args: readonly string[]): Promise<CliRun> => runCli(args, { env: { DATABASE_URL: connectionString } });

const phone = '+16175550123';
await fixture.contact({ phone, firstName: 'Maria' });
const missed = showId(
  'call',
  await fixture.call({ phone, at: '2026-11-17T15:00:00Z', state: 'missed', voicemail: 'Call me' }),
);
const talk = showId(
  'call',
  await fixture.call({ phone: '+442079460000', at: '2026-11-17T16:00:00Z', state: 'completed', durationSeconds: 240 }),
);

it('lists calls for people and for programs', async () => {
  const read = await cli('call', 'list');
  expect(read).toMatchObject({ code: 0, err: '' });
  const lines = read.out.trim().split('\n');
  expect(lines[0]).toMatch(new RegExp(`^${talk} .* Call 4 min +\\+442079460000 +Main line$`));
  expect(lines[1]).toMatch(new RegExp(`^${missed} .* Voicemail 0:23 +Maria \\+16175550123 +Main line$`));
  const ids = async (...filter: readonly string[]) =>
    jsonLines(await cli('call', 'list', '--json', ...filter)).map((call) => (call as { readonly id: string }).id);
  expect(await ids()).toEqual([talk, missed]);
  expect(await ids('--missed')).toEqual([missed]);
  expect(await ids('--with', '(617) 555-0123')).toEqual([missed]);
  expect(await ids('--with', '+442079460000')).toEqual([talk]);
  expect(await ids('--lane', 'main line', '--limit', '1')).toEqual([talk]);
});

it('shows one call', async () => {
  const read = await cli('call', 'show', missed);
  expect(read).toMatchObject({ code: 0, err: '' });
  expect(read.out).toContain(`Voicemail 0:23  ${missed}`);
  expect(read.out).toMatch(/With +Maria \+16175550123\n.*Our number +Main line\n/);
  expect(jsonLines(await cli('call', 'show', missed, '--json'))).toMatchObject([
    { id: missed, state: 'missed', voicemail: { transcript: 'Call me' }, lines: [] },
  ]);
  expect(await cli('call', 'show', 'main')).toMatchObject({ code: 2, out: '' });
  const unknown = `call_${'0'.repeat(32)}`;
  expect(await cli('call', 'show', unknown)).toMatchObject({
    code: 1,
    err: `textwright: call ${unknown} does not exist\n`,
  });
});
