import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { aroundTriggers } from '../../test/around-triggers.ts';
import { insertContacts, launchTestCampaign } from '../../test/fixtures.ts';
import { NUMBER_PADS } from '../../test/number-pads.ts';
import { livingWorld, sha256 } from '../../test/whole-life.ts';
import { sealWaiting } from '../compliance/seal-audit.ts';
import { liftOptOut } from '../compliance/suppress.ts';
import { verifyAudit } from '../compliance/verify-audit.ts';
import { createContact } from '../contacts/create-contact.ts';
import { openDatabase, runTx } from '../platform/database.ts';
import { addMs, DAY_MS } from '../platform/time.ts';
import { erasePerson, rehearseErasure } from './erase-person.ts';
import { forgetErased } from './forget-erased.ts';
import { noteNumberKey } from './number-key-store.ts';

const { database, db, world, account, by, writes, tablesWith, person } = await livingWorld();
const services = { ...world, db };

const erase = (phone: string) => runTx(db, (tx) => erasePerson(tx, world, { phone, reason: 'Asked by letter', by }));
async function erased(phone: string) {
  const done = await erase(phone);
  if (!done.ok) throw new Error(done.error.message);
  return done.value;
}

const activeReasons = async (phone: string): Promise<readonly string[]> => {
  const { rows } = await sql<{ reason: string }>`
    select reason from suppression where phone = ${phone} and lifted_at is null`.execute(db);
  return rows.map(({ reason }) => reason);
};

describe('erasing a person', () => {
  it('leaves neither number nor name nor words in any table, says what stays and why, and the chain is whole', async () => {
    const phone = '+16175550131';
    await person(phone);
    await sealWaiting(services);
    const before = await verifyAudit(services);
    expect((await tablesWith('Zelda')).length).toBeGreaterThan(8);

    const rehearsed = await rehearseErasure(db, world, { phone, reason: 'Asked by letter', by });
    expect((await tablesWith('Zelda')).length).toBeGreaterThan(8);
    const done = await erased(phone);
    if (rehearsed.ok) expect({ removed: rehearsed.value.removed }).toEqual({ removed: done.removed });

    expect(await tablesWith(phone.slice(1))).toEqual([]);
    expect(await tablesWith('Zelda')).toEqual([]);
    expect(await tablesWith('who is this')).toEqual([]);
    expect(done.removed).toMatchObject({
      contacts: 1,
      conversations: 1,
      calls: 1,
      recordings: 1,
      events: 3,
      validations: 1,
    });
    expect(done.kept.map(({ record, keepUntil }) => [record, keepUntil?.toString()])).toEqual([
      ['suppressions', undefined],
      ['consents', '2031-11-17T15:00:00Z'],
      ['texts', '2031-11-17T15:00:00Z'],
    ]);
    // What was sent still counts, and a copy of the words can be matched with what went out.
    const { rows: kept } = await sql<{ digest: string; body: string }>`
      select body_digest as digest, body from message where purpose = 'campaign' and body_digest is not null`.execute(
      db,
    );
    expect(kept).toEqual([{ digest: sha256('Hi Zelda, shall we come by?'), body: '' }]);

    await sealWaiting(services);
    const after = await verifyAudit(services, { expect: before.head });
    expect(after).toMatchObject({ state: 'whole', broken: null });
    expect(after.erased).toBeGreaterThan(0);
  });

  it('an entry that only looks as if it were erased breaks the chain', async () => {
    await runTx(db, (tx) => createContact(tx, world, { phone: '6175550132', by }));
    await sealWaiting(services);
    await aroundTriggers(db, (tx) =>
      sql`update audit_entry set detail = jsonb_build_object('erasedBy', gen_random_uuid()) where phone = '+16175550132'`.execute(
        tx,
      ),
    );
    expect(await verifyAudit(services)).toMatchObject({ state: 'broken', broken: { kind: 'entry_changed' } });
    await aroundTriggers(db, (tx) =>
      sql`update audit_entry set detail = jsonb_build_object('by', 'Olive') where phone = '+16175550132'`.execute(tx),
    );
    expect(await verifyAudit(services)).toMatchObject({ state: 'whole' });
  });

  it('waits for what is under way, and says what to do', async () => {
    const phone = '+16175550133';
    await insertContacts(db, world, [{ phone }]);
    const now = world.clock.now();
    const id = world.newUuid();
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, created_at, attempted_at,
        lease_epoch)
      values (${id}, ${account.id}, ${account.laneIds[0]}, 'outbound', 'reply', ${phone}, 'Hello', 'GSM-7', 1, 'unknown', ${now}, ${now}, ${now}, 1)`.execute(
      db,
    );
    expect(await erase(phone)).toMatchObject({
      ok: false,
      error: { kind: 'conflict', message: expect.stringContaining('settle it by hand') },
    });
    await sql`update message set state = 'failed', failed_at = ${now} where id = ${id}`.execute(db);
    await erased(phone);
    expect(await erase(phone)).toMatchObject({ ok: false, error: { kind: 'not_found' } });
  });

  it('forgets what was kept when its time is over, but never that the number must not be texted', async () => {
    const phone = '+16175550134';
    await person(phone);
    await erased(phone);
    const { rows } = await sql<{ key: string }>`select number_key(${phone}) as key`.execute(db);
    const key = rows[0]?.key ?? '';
    expect(await tablesWith(key)).toContain('message');
    const services = { db, clock: world.clock };
    await forgetErased(services, { limit: 100 });
    expect(await tablesWith(key)).toContain('message');
    world.clock.advance(6 * 366 * DAY_MS);
    await forgetErased(services, { limit: 100 });
    expect(await tablesWith(key)).toEqual([
      'audit_entry',
      'dnc_exemption',
      'erasure',
      'opt_in_submission',
      'opt_out_review',
      'reassigned_number',
      'reassigned_question',
      'suppression',
    ]);
    await insertContacts(db, world, [{ phone }]);
    expect(await activeReasons(phone)).toEqual(['opt_out']);
  });
});

describe('an erased number that comes back', () => {
  it('is suppressed again by whatever brings it, and free again by their own START alone', async () => {
    const phone = '+16175550141';
    await person(phone);
    await erased(phone);
    expect(await activeReasons(phone)).toEqual([]);
    await insertContacts(db, world, [{ phone: '+16175550142' }, { phone }]);
    expect(await activeReasons(phone)).toEqual(['opt_out']);
    expect(await activeReasons('+16175550142')).toEqual([]);
    await erased(phone);
    await writes(phone, 'Hello again');
    expect(await activeReasons(phone)).toEqual(['opt_out']);
    await erased(phone);
    const lifted = await runTx(db, (tx) =>
      liftOptOut(tx, world, {
        phone,
        saidAt: addMs(world.clock.now(), DAY_MS),
        evidence: { saidAt: addMs(world.clock.now(), DAY_MS).toString() },
      }),
    );
    expect(lifted).toMatchObject({ optedIn: true });
    await insertContacts(db, world, [{ phone }]);
    expect(await activeReasons(phone)).toEqual([]);
  });

  it('cannot slip in while it is erased: one of the two is wholly first', async () => {
    const phone = '+16175550145';
    await writes(phone, 'STOP');
    let inserted = (): void => {};
    const isIn = new Promise<void>((resolve) => {
      inserted = resolve;
    });
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const entering = runTx(db, async (tx) => {
      await insertContacts(tx, world, [{ phone }]);
      inserted();
      await held;
    });
    await isIn;
    const erasing = erase(phone);
    await Promise.race([erasing, somebodyWaits()]);
    letGo();
    await entering;
    // It waited for the contact, and took it along.
    expect(await erasing).toMatchObject({ ok: true, value: { removed: { contacts: 1 } } });
    const both = await Promise.all([erase(phone), insertContacts(db, world, [{ phone }])]);
    const { rows } = await sql`select 1 from contact where phone = ${phone}`.execute(db);
    if (rows.length > 0) expect(await activeReasons(phone)).toEqual(['opt_out']);
    expect(both[0].ok).toBe(rows.length === 0);
  });

  it('is in no campaign that was just enrolling them, which is launched without them', async () => {
    const phone = '+16175550146';
    await insertContacts(
      db,
      world,
      [phone, '+16175550147'].map((each) => ({ phone: each, tags: ['fence'] })),
    );
    const gone = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const erasing = runTx(db, async (tx) => {
      await erasePerson(tx, world, { phone, reason: 'Asked by letter', by });
      gone.resolve();
      await held.promise;
    });
    await gone.promise;
    const launching = launchTestCampaign(db, world, { audience: { tags: ['fence'] }, laneIds: account.laneIds });
    await Promise.race([launching, somebodyWaits('transactionid')]);
    held.resolve();
    await erasing;
    const { rows } = await sql<{ phone: string }>`
      select phone from enrollment where campaign_id = ${await launching}`.execute(db);
    expect(rows.map((row) => row.phone)).toEqual(['+16175550147']);
  });

  it('cannot come in by a connection that does not know the key, or knows another', async () => {
    await person('+16175550143');
    await erased('+16175550143');
    const open = (settings: Readonly<Record<string, string>>) =>
      openDatabase({
        connectionString: database.connectionString,
        applicationName: 'other',
        maxConnections: 1,
        settings,
      });
    for (const [settings, words] of [
      [{}, 'does not know the key'],
      [{ 'textwright.number_pads': 'ab'.repeat(128) }, 'under another key'],
      [NUMBER_PADS, undefined],
    ] as const) {
      const other = open(settings);
      const entering = insertContacts(other.db, world, [{ phone: '+16175550144' }]);
      if (words === undefined) await entering;
      else await expect(entering).rejects.toThrow(words);
      if (words === 'under another key') {
        const erasing = runTx(other.db, (tx) => erasePerson(tx, world, { phone: '+16175550143', reason: 'Again', by }));
        expect(await erasing).toMatchObject({ ok: false, error: { state: 'other key' } });
        await expect(noteNumberKey(other.db, world.clock.now())).rejects.toThrow('under another key');
      }
      await other.close();
    }
  });
});

async function somebodyWaits(kind: 'advisory' | 'transactionid' = 'advisory'): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from pg_locks l join pg_stat_activity a using (pid)
      where l.locktype = ${kind} and not l.granted and a.datname = current_database()`.execute(db);
    if (rows.length > 0) return;
  }
}
