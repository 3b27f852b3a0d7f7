import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { aroundTriggers } from '../../test/around-triggers.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import { sealWaiting } from '../compliance/seal-audit.ts';
import { runTx } from '../platform/database.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const world = testWorld();
const cli = (...args: readonly string[]): Promise<CliRun> =>
  runCli(['audit', ...args], { env: { DATABASE_URL: connectionString } });
for (const [action, subject, phone] of [
  ['campaign.launched', 'cmp_1', undefined],
  ['number.suppressed', '+16175550123', '+16175550123'],
  ['campaign.paused', 'cmp_1', undefined],
] as const)
  await runTx(db, (tx) =>
    recordAudit(tx, {
      id: world.newUuid(),
      at: world.clock.now(),
      actor: 'contact',
      action,
      subject,
      ...(phone === undefined ? {} : { phone }),
      detail: {},
    }),
  );
await sealWaiting({ db, clock: world.clock });

it('lists, verifies and exports the audit log, and ends with 1 when it was changed', async () => {
  const read = await cli('list');
  expect(read).toMatchObject({ code: 0, err: '' });
  expect(read.out.split('\n')[0]).toMatch(/^3 +2026-11-17T15:00:00Z +campaign\.paused +cmp_1 +contact$/);
  const actions = async (...filter: readonly string[]) =>
    jsonLines(await cli('list', '--json', ...filter)).map((entry) => (entry as { readonly action: string }).action);
  expect(await actions('--subject', 'cmp_1')).toEqual(['campaign.paused', 'campaign.launched']);
  expect(await actions('--phone', '(617) 555-0123')).toEqual(['number.suppressed']);
  expect(await actions('--until', '2026-11-17T09:00')).toEqual([]);

  const whole = await cli('verify');
  expect(whole.code).toBe(0);
  expect(whole.out).toMatch(/^3:[0-9a-f]{64}\n$/);
  expect(whole.err).toContain('3 entries fit the chain. Nothing was changed, removed or inserted.');
  const noted = whole.out.trim();
  expect(await cli('verify', '--expect', noted)).toMatchObject({ code: 0 });
  expect(await cli('verify', '--expect', 'latest')).toMatchObject({ code: 2, out: '' });

  const exported = jsonLines(await cli('export', '--after', '1'));
  expect(exported).toMatchObject([{ seq: 2, action: 'number.suppressed' }, { seq: 3 }]);
  await sealWaiting({ db, clock: world.clock });
  expect(jsonLines(await cli('verify', '--json'))).toMatchObject([{ state: 'whole', checked: 6 }]);
  expect(await actions('--action', 'audit.verified')).toHaveLength(3);
  expect(await actions('--action', 'audit.exported')).toHaveLength(1);

  await aroundTriggers(db, (tx) =>
    sql`update audit_entry set actor = 'system' where action = 'campaign.paused'`.execute(tx),
  );
  const broken = await cli('verify', '--expect', noted);
  expect(broken.code).toBe(1);
  expect(broken.err).toContain('the audit log is broken. Entry 3 was changed after it was sealed');
  expect(broken.err).toContain('"campaign.paused" about cmp_1 by system');
});
