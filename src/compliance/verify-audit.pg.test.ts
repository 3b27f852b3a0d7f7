import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { aroundTriggers } from '../../test/around-triggers.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { type Db, errorCode, runTx } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import { recordAudit } from './audit-store.ts';
import { sealBatch, sealWaiting, startSequencer } from './seal-audit.ts';
import { tryLockSealing } from './seal-store.ts';
import { verifyAudit } from './verify-audit.ts';

const log = createLog({ level: 'silent' });
let db: Db;
let world: ReturnType<typeof testWorld>;
beforeEach(async () => {
  db = (await testDatabase()).db;
  world = testWorld();
});
const services = () => ({ ...world, db });
const verify = () => verifyAudit(services());

/** Numbers that JSON and PostgreSQL write differently, characters of all lengths, names that sort differently in both. */
const DETAIL = { b: 1e21, aa: [0.1, 1e-7, 12.5], ключ: '😀\n"', '\u0080': { z: null, y: true } };
const write = (subject: string) =>
  runTx(db, (tx) =>
    recordAudit(tx, {
      id: world.newUuid(),
      at: world.clock.now(),
      actor: 'user:1',
      action: 'business.changed',
      subject,
      detail: DETAIL,
    }),
  );
async function writeAndSeal(count: number): Promise<void> {
  for (let nth = 1; nth <= count; nth += 1) await write(`s${nth}`);
  await sealWaiting(services());
}
/** Every sequencer waits for its next second. */
async function atRest(sequencers: number): Promise<void> {
  while (world.clock.sleepers < sequencers) await new Promise((resolve) => setImmediate(resolve));
}
/** By somebody who owns the tables and stops at nothing. */
const tamper = (statement: string) =>
  aroundTriggers(db, (tx) =>
    sql
      .raw(
        `alter table audit_seal drop constraint audit_seal_entry_id_fkey, drop constraint audit_seal_seq_check; ${statement}`,
      )
      .execute(tx),
  );
const ENTRY = (seq: number) => `(select entry_id from audit_seal where seq = ${seq})`;

describe('sealing the audit log', () => {
  it('seals all that is committed, each once, and the chain is whole', async () => {
    await writeAndSeal(5);
    await write('s6');
    await Promise.all([sealWaiting(services()), sealWaiting(services()), sealWaiting(services())]);
    expect(await verify()).toMatchObject({ state: 'whole', checked: 6, waiting: 0, broken: null, head: { seq: 6 } });
    expect(await sealBatch(services())).toBe(0);
  });

  it('takes an entry of a long transaction when it commits, behind younger ones', async () => {
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let written = (): void => {};
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const long = runTx(db, async (tx) => {
      await recordAudit(tx, {
        id: world.newUuid(),
        at: world.clock.now(),
        actor: 'system',
        action: 'import.completed',
        subject: 'long',
        detail: {},
      });
      written();
      await held;
    });
    await isWritten;
    await writeAndSeal(2);
    expect(await verify()).toMatchObject({ state: 'whole', checked: 2 });
    letGo();
    await long;
    await sealWaiting(services());
    const { rows } = await sql<{ subject: string }>`
      select subject from audit_seal s join audit_entry a on a.id = s.entry_id order by seq`.execute(db);
    expect(rows.map((row) => row.subject)).toEqual(['s1', 's2', 'long']);
    expect(await verify()).toMatchObject({ state: 'whole', checked: 3 });
  });

  it('seals a backlog batch by batch', async () => {
    await sql`insert into audit_entry (id, at, actor, action, subject, detail)
      select uuidv7(), ${world.clock.now()}, 'system', 'call.recorded', n::text, '{}' from generate_series(1, 2500) n`.execute(
      db,
    );
    expect(await sealBatch(services(), 700)).toBe(700);
    await sealWaiting(services());
    expect(await verify()).toMatchObject({ state: 'whole', checked: 2500, waiting: 0 });
  });

  it('happens within a second of the writing, by one sequencer at a time though every worker has one', async () => {
    const sequencers = [startSequencer({ ...services(), log }), startSequencer({ ...services(), log })];
    const halfASecond = async (): Promise<void> => {
      await atRest(sequencers.length);
      await world.clock.advance(SECOND_MS / 2);
      await atRest(sequencers.length);
    };
    const aSecond = () => halfASecond().then(halfASecond);
    for (const second of ['first', 'second', 'third']) {
      await write(second);
      await halfASecond();
      await write(`${second}, later`);
      await halfASecond();
    }
    await db.transaction().execute(async (tx) => {
      expect(await tryLockSealing(tx)).toBe(true);
      await write('while another seals');
      await aSecond();
      expect(await verify()).toMatchObject({ state: 'whole', checked: 6, waiting: 1 });
    });
    await aSecond();
    await sequencers.pop()?.close();
    await write('to the one that is left');
    await aSecond();
    await sequencers.pop()?.close();
    const { rows } = await sql<{ seq: number; lateMs: number }>`
      select seq, (extract(epoch from sealed_at - at) * 1000)::int as late_ms from audit_seal s
      join audit_entry a on a.id = s.entry_id order by seq`.execute(db);
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(rows.map(({ lateMs }) => lateMs <= SECOND_MS)).toEqual([...Array(6).fill(true), false, true]);
    expect(await verify()).toMatchObject({ state: 'whole', checked: 8, waiting: 0 });
  });

  it('says so when entries have waited for their seal for more than a minute', async () => {
    await write('s1');
    expect(await verify()).toMatchObject({ state: 'whole', waiting: 1, overdue: 0 });
    await world.clock.advance(MINUTE_MS + 1);
    expect(await verify()).toMatchObject({ state: 'behind', waiting: 1, overdue: 1 });
  });
});

describe('the tables of the audit log', () => {
  it.each(['audit_entry', 'audit_seal'])('%s refuses change, also from its owner', async (table) => {
    await writeAndSeal(1);
    const column = table === 'audit_entry' ? 'subject' : 'hash';
    for (const statement of [
      `update ${table} set ${column} = 'x'`,
      `delete from ${table}`,
      `truncate ${table} cascade`,
    ]) {
      const error = await sql
        .raw(statement)
        .execute(db)
        .then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
      expect(errorCode(error), statement).toBe('23001');
    }
  });
});

describe('verifying the audit log', () => {
  it.each([
    [
      'a changed detail',
      `update audit_entry set detail = '{}' where id = ${ENTRY(3)}`,
      { kind: 'entry_changed', seq: 3 },
    ],
    [
      'a moved time',
      `update audit_entry set at = at + '1 us' where id = ${ENTRY(3)}`,
      { kind: 'entry_changed', seq: 3 },
    ],
    ['a removed entry', `delete from audit_entry where id = ${ENTRY(2)}`, { kind: 'entry_missing', seq: 2 }],
    ['a removed seal', 'delete from audit_seal where seq = 2', { kind: 'seal_missing', seq: 2 }],
    ['a removed beginning', 'delete from audit_seal where seq = 1', { kind: 'seal_missing', seq: 1 }],
    [
      'an entry and its seal removed, and the rest numbered anew',
      `delete from audit_entry where id = ${ENTRY(2)}; delete from audit_seal where seq = 2;
       update audit_seal set seq = seq - 1 where seq > 2`,
      { kind: 'out_of_place', seq: 2 },
    ],
    [
      'an entry inserted between two',
      `update audit_seal set seq = -seq where seq > 2;
       insert into audit_entry values ('0193f6c2-a1b4-7c3d-8e5f-000000000001', now(), 'x', 'x', 'x', null, '{}');
       insert into audit_seal select 3, '0193f6c2-a1b4-7c3d-8e5f-000000000001', now(), digest, hash from audit_seal where seq = 2;
       update audit_seal set seq = 1 - seq where seq < 0`,
      { kind: 'entry_changed', seq: 3 },
    ],
    [
      'an entry that was slipped in without a seal',
      `insert into audit_entry values ('0193f6c2-a1b4-7c3d-8e5f-000000000001', now(), 'x', 'x', 'x', null, '{}')`,
      { kind: 'never_sealed', count: 1, entry: { id: '0193f6c2-a1b4-7c3d-8e5f-000000000001' } },
    ],
    ['an emptied queue', 'delete from audit_unsealed', { kind: 'never_sealed', count: 1, entry: { subject: 'late' } }],
  ])('names %s', async (_, statement, broken) => {
    await writeAndSeal(5);
    await write('late');
    await tamper(statement);
    expect(await verify()).toMatchObject({ state: 'broken', broken });
  });

  it('finds a cut-off end and a chain that was made anew by what was noted elsewhere', async () => {
    await writeAndSeal(4);
    const { head: noted } = await verify();
    const expecting = () => verifyAudit(services(), { expect: noted });
    expect(await expecting()).toMatchObject({ state: 'whole' });
    await tamper(`delete from audit_entry where id = ${ENTRY(4)}; delete from audit_seal where seq = 4`);
    expect(await verify()).toMatchObject({ state: 'whole', checked: 3 });
    expect(await expecting()).toMatchObject({ state: 'broken', broken: { kind: 'not_as_noted', seq: 4, hash: null } });

    await write('instead');
    await sealWaiting(services());
    expect(await verify()).toMatchObject({ state: 'whole', checked: 4 });
    expect(await expecting()).toMatchObject({ state: 'broken', broken: { kind: 'not_as_noted', seq: 4 } });
  });
});
