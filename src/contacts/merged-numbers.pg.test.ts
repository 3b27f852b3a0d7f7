import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { claimTexts, takeLease } from '../../test/claimed.ts';
import { somebodyWaits } from '../../test/concurrency.ts';
import { insertContacts, launchTestCampaign } from '../../test/fixtures.ts';
import { LANE, oneLineWorld } from '../../test/one-line-world.ts';
import { carryOptOuts } from '../compliance/carry-opt-outs.ts';
import { lockNumber } from '../compliance/lock-number.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import { liftOptOut, type SuppressInput, suppressNumber } from '../compliance/suppress.ts';
import { recordInbound } from '../conversations/record-inbound.ts';
import { decideReview } from '../conversations/settle-review.ts';
import { erasePerson } from '../evidence/erase-person.ts';
import { readEvidence } from '../evidence/read-evidence.ts';
import { runTx, type Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { migrateDown, migrateUp, readMigrations } from '../platform/migrate.ts';
import { addMs, DAY_MS, MINUTE_MS } from '../platform/time.ts';
import { recentTextsSql } from '../sending/claim-store.ts';
import { mergeContacts } from './merge-contacts.ts';

const { database, db, world, account, laneId } = await oneLineWorld();
const by = { actor: 'user:1', name: 'Olive' };

interface Person {
  readonly id: Uuid;
  readonly own: string;
  /** Was merged into the contact. */
  readonly other: string;
}

let numbers = 0;
const newNumber = () => {
  numbers += 1;
  return `+1508555${1000 + numbers}`;
};

/** One contact with two numbers. */
async function person(): Promise<Person> {
  const [own, other] = [newNumber(), newNumber()];
  const [id = '', from = ''] = await insertContacts(db, world, [{ phone: own }, { phone: other }]);
  const merged = await runTx(db, (tx) => mergeContacts(tx, world, { into: id, from, by }));
  if (!merged.ok) throw new Error(merged.error.message);
  return { id, own, other };
}

const stop = (phone: string, how: Partial<SuppressInput> = {}) =>
  runTx(db, (tx) =>
    suppressNumber(tx, world, {
      ...{ phone, reason: 'opt_out', channel: 'staff', evidence: { note: 'By phone' }, actor: 'user:1', ...how },
    }),
  );
const start = (phone: string) => {
  const saidAt = addMs(world.clock.now(), MINUTE_MS);
  return runTx(db, (tx) => liftOptOut(tx, world, { phone, saidAt, evidence: { saidAt: saidAt.toString() } }));
};

let texts = 0;
async function writes(phone: string, text: string): Promise<void> {
  texts += 1;
  const ids = { eventId: `EV${texts}`, gatewayMessageId: `MO${texts}`, laneRef: 'PN1', to: [LANE], media: [] };
  const received = { type: 'message_received', from: phone, text, at: world.clock.now(), ...ids } as const;
  const gateway = { id: account.id, kind: 'quo', environment: 'sandbox' } as const;
  await runTx(db, (tx) => recordInbound(tx, world, gateway, received));
}

const agrees = (phone: string) =>
  runTx(db, (tx) =>
    recordConsent(tx, world, {
      ...{ action: 'grant', phone, purpose: 'marketing', kind: 'express_written', by },
      evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' },
      wording: { text: 'I agree.', version: 'v1', language: 'en' },
      ...{ needsConfirmation: false, validUntil: 'by_policy', occurredAt: world.clock.now() },
    }),
  );
async function consentsOf(phones: readonly string[]): Promise<readonly (string | null)[]> {
  const { rows } = await sql<{ state: string | null }>`
    select k.state from unnest(${phones}::text[]) with ordinality as x (phone, nth)
      left join consent k on k.phone = x.phone and k.purpose = 'marketing' order by nth`.execute(db);
  return rows.map(({ state }) => state);
}

async function leftAlone(phones: readonly string[]): Promise<readonly boolean[]> {
  const { rows } = await sql<{ left: boolean }>`
    select exists (select from suppression s where s.phone = x.phone and s.lifted_at is null and s.reason <> 'invalid_number') as left
    from unnest(${phones}::text[]) with ordinality as x (phone, nth) order by nth`.execute(db);
  return rows.map(({ left }) => left);
}

describe('an opt-out', () => {
  it.each<[string, Partial<SuppressInput>]>([
    ['staff', { channel: 'staff' }],
    ['a refusal of the provider', { channel: 'gateway', reason: 'provider_opt_out' }],
    ['a review', { channel: 'review', reason: 'wrong_number' }],
    ['the link', { channel: 'link', saidAt: world.clock.now() }],
    ['a file', { channel: 'import' }],
    ['a program', { channel: 'api' }],
  ])('by %s at either number leaves both alone', async (_way, how) => {
    for (const at of ['own', 'other'] as const) {
      const { own, other, ...one } = await person();
      const said = at === 'own' ? own : other;
      await stop(said, how);
      expect([one.id, ...(await leftAlone([own, other]))]).toEqual([one.id, true, true]);
      const { rows } = await sql`
        select 1 from suppression where phone = ${said === own ? other : own} and position(${said.slice(1)} in evidence::text) > 0`.execute(
        db,
      );
      expect(rows).toEqual([]);
    }
  });

  it('by text is confirmed once, and a START at one number lifts that of this number', async () => {
    const { own, other } = await person();
    await writes(other, 'STOP');
    expect(await leftAlone([own, other])).toEqual([true, true]);
    await writes(own, 'STOP');
    const { rows } = await sql`
      select phone, purpose from message where phone in (${own}, ${other}) and direction = 'outbound'`.execute(db);
    expect(rows).toEqual([{ phone: other, purpose: 'opt_out_confirmation' }]);
    await start(other);
    expect(await leftAlone([own, other])).toEqual([true, false]);
  });

  it('reaches every number of who was merged twice, and none of a number that cannot be reached or is erased', async () => {
    const first = await person();
    const second = await person();
    await runTx(db, (tx) => mergeContacts(tx, world, { into: second.id, from: first.id, by }));
    const all = [first.own, first.other, second.own, second.other];
    await stop(first.other, { reason: 'invalid_number', channel: 'gateway' });
    expect(await leftAlone(all)).toEqual([false, false, false, false]);
    await runTx(db, (tx) => erasePerson(tx, world, { phone: second.other, reason: 'Asked for it', by }));
    expect(await leftAlone(all)).toEqual([false, false, false, false]);
    await stop(first.other);
    expect(await leftAlone(all)).toEqual([true, true, true, false]);
  });

  it.each<[string, (tx: Tx, one: Person) => Promise<unknown>]>([
    ['the number', (tx, { own }) => sql`select pg_advisory_xact_lock(hashtextextended(${own}, 7770001))`.execute(tx)],
    ['the contact', (tx, { id }) => sql`select from contact where id = ${id} for no key update`.execute(tx)],
  ])('waits for nobody who holds %s, and is written for it afterwards', async (_what, hold) => {
    const one = await person();
    await runTx(db, async (tx) => {
      await hold(tx, one);
      await writes(one.other, 'STOP');
      expect(await leftAlone([one.own, one.other])).toEqual([false, true]);
    });
    await carryOptOuts({ ...world, database });
    expect(await leftAlone([one.own, one.other])).toEqual([true, true]);
    const { rows } = await sql`select 1 from opt_out_to_carry`.execute(db);
    expect(rows).toEqual([]);
  });

  it('that waits for a number is older than what was said there since, and goes with who is erased', async () => {
    const [back, gone] = [await person(), await person()];
    await runTx(db, async (tx) => {
      for (const { own } of [back, gone]) await lockNumber(tx, own);
      for (const { other } of [back, gone]) await stop(other);
    });
    await start(back.own);
    // Agreed to after all of it, before it is carried.
    await world.clock.advance(2 * MINUTE_MS);
    const again = await person();
    await runTx(db, async (tx) => {
      await lockNumber(tx, again.own);
      await stop(again.other);
    });
    await start(again.own);
    await world.clock.advance(2 * MINUTE_MS);
    await agrees(again.own);
    await runTx(db, (tx) => erasePerson(tx, world, { phone: gone.own, reason: 'Asked for it', by }));
    await carryOptOuts({ ...world, database });
    expect(await leftAlone([back.own, back.other, gone.own])).toEqual([false, true, false]);
    // START names no consent.
    expect(await consentsOf([back.own, back.other, gone.own])).toEqual(['opted_out', 'opted_out', null]);
    expect(await consentsOf([again.own, again.other])).toEqual(['written', 'opted_out']);
  });

  it.each(['nobody', 'somebody'])(
    'that is newer ends what was agreed to at numbers that were opted out before, while %s holds one of them',
    async (who) => {
      const [before, newer] = [await person(), await person()];
      const numbers = [before.own, before.other];
      const merge = () => runTx(db, (tx) => mergeContacts(tx, world, { into: newer.id, from: before.id, by }));
      await stop(before.own);
      await world.clock.advance(MINUTE_MS);
      for (const phone of numbers) await agrees(phone);
      expect(await consentsOf(numbers)).toEqual(['written', 'written']);
      await world.clock.advance(MINUTE_MS);
      await stop(newer.other);
      await runTx(db, async (tx) => {
        if (who === 'somebody') await lockNumber(tx, before.other);
        expect((await merge()).ok).toBe(true);
      });
      expect(await consentsOf(numbers)).toEqual(['opted_out', who === 'nobody' ? 'opted_out' : 'written']);
      await carryOptOuts({ ...world, database });
      expect(await consentsOf(numbers)).toEqual(['opted_out', 'opted_out']);
      const { rows } = await sql`
        select distinct phone from audit_entry where phone = any(${numbers}::text[])
          and action in ('consent.revoked', 'number.suppressed_again')`.execute(db);
      expect(rows).toHaveLength(2);
    },
  );

  it('of a number that is a contact of its own again is of that number', async () => {
    const { own, other } = await person();
    await insertContacts(db, world, [{ phone: other }]);
    await stop(other);
    expect(await leftAlone([own, other])).toEqual([false, true]);
  });
});

describe('a reply that may be an opt-out', () => {
  const decide = async (phone: string) => {
    const { rows } = await sql<{ id: Uuid }>`select id from opt_out_review where phone = ${phone}`.execute(db);
    const [review] = rows;
    if (review === undefined) throw new Error(`${phone} is not held`);
    return runTx(db, (tx) => decideReview(tx, world, { id: review.id, decision: 'not_opt_out', by }));
  };

  it('at a number that was merged holds the person, until somebody finds that it was none', async () => {
    const { id, own, other } = await person();
    await sql`update contact set tags = '{held}' where id = ${id}`.execute(db);
    const campaignId = await launchTestCampaign(db, world, {
      laneIds: account.laneIds,
      audience: { tags: ['held'] },
    });
    const lease = await takeLease(db, world, account.id);
    const claimed = async () => (await claimTexts(db, world, { lease, campaignId, laneId })).map(({ phone }) => phone);
    await writes(other, 'maybe later');
    expect(await claimed()).toEqual([]);
    await decide(other);
    expect(await claimed()).toEqual([own]);
  });

  it('at such a number waits for a claim of the person, which is wholly before it', async () => {
    const { id, other } = await person();
    const written = await runTx(db, async (tx) => {
      await sql`select from contact where id = ${id} for no key update`.execute(tx);
      const writing = writes(other, 'maybe later');
      await somebodyWaits(db);
      return { writing };
    });
    await written.writing;
    expect(await decide(other)).toMatchObject({ ok: true });
  });
});

describe('the frequency cap', () => {
  /** As if the campaign had texted this contact. */
  async function texted(campaignId: Uuid, contactId: Uuid): Promise<void> {
    const now = world.clock.now();
    await sql`
      with e as (update enrollment set state = 'sent', sent_at = ${now}, lane_id = ${laneId}
        where campaign_id = ${campaignId} and contact_id = ${contactId} returning *)
      insert into message (id, account_id, lane_id, contact_id, direction, purpose, enrollment_id, phone, body, encoding, parts, state,
        gateway_message_id, not_before, created_at, sent_at, attempted_at, lease_epoch)
      select ${world.newUuid()}, ${account.id}, lane_id, contact_id, 'outbound', 'campaign', id, phone, 'Hi', 'GSM-7', 1, 'sent',
        'MT' || id, ${now}, ${now}, ${now}, ${now}, 1 from e`.execute(db);
    await sql`update contact set last_campaign_text_at = ${now} where id = ${contactId}`.execute(db);
  }
  const launch = (contactTag: string) =>
    launchTestCampaign(db, world, { laneIds: account.laneIds, audience: { tags: [contactTag] } });

  it('counts what a number had that was merged, and what one had that comes back', async () => {
    await sql`insert into setting (key, value, updated_at) values ('sending_policy', '{"version": 1, "messagesPerDay": 1}', ${world.clock.now()})`.execute(
      db,
    );
    const lease = await takeLease(db, world, account.id);
    const claimed = async (campaignId: Uuid) =>
      (await claimTexts(db, world, { lease, campaignId, laneId })).map(({ phone }) => phone);
    const [own, other, fresh] = [newNumber(), newNumber(), newNumber()];
    const [id = '', from = ''] = await insertContacts(db, world, [
      { phone: own, tags: ['own'] },
      { phone: other, tags: ['other'] },
    ]);
    await texted(await launch('other'), from);
    await runTx(db, (tx) => mergeContacts(tx, world, { into: id, from, by }));
    expect(await claimed(await launch('own'))).toEqual([]);
    await insertContacts(db, world, [
      { phone: other, tags: ['again'] },
      { phone: fresh, tags: ['again'] },
    ]);
    expect(await claimed(await launch('again'))).toEqual([fresh]);
  });

  it('reads texts by their number, however many others there are', async () => {
    const { id } = await person();
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, created_at, attempted_at)
      select gen_random_uuid(), ${account.id}, ${laneId}, 'inbound', 'inbound', '+1212' || lpad((n % 2000)::text, 7, '0'), 'hello', 'GSM-7', 1,
        'received', timestamptz '2026-01-01Z', timestamptz '2026-01-01Z' + n * interval '1 second', timestamptz '2026-01-01Z'
      from generate_series(1, 20000) n`.execute(db);
    await sql`analyze message, contact, contact_number`.execute(db);
    const recent = recentTextsSql(addMs(world.clock.now(), -DAY_MS), sql`${id}::uuid`);
    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain select ${recent} from contact c where c.id = ${id}`.execute(db.withoutPlugins());
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('message_phone');
    expect(plan).not.toContain('Seq Scan on message ');
  });
});

it('the records of one number name the other, until either is erased', async () => {
  const [one, two] = [await person(), await person()];
  const read = (phone: string) => readEvidence(db, { phone, now: world.clock.now(), version: '1' });
  expect((await read(one.own)).contact).toMatchObject({ otherNumbers: [one.other] });
  expect(await read(one.other)).toMatchObject({ contact: null, mergedInto: showId('contact', one.id) });
  for (const phone of [one.own, two.other])
    expect(await runTx(db, (tx) => erasePerson(tx, world, { phone, reason: 'Asked for it', by }))).toMatchObject({
      ok: true,
    });
  expect(await read(one.other)).toMatchObject({ mergedInto: null });
  expect((await read(two.own)).contact).toMatchObject({ otherNumbers: [] });
});

it('merges of before this was kept are found in the audit log', async () => {
  const [first, second] = [await person(), await person()];
  await runTx(db, (tx) => mergeContacts(tx, world, { into: second.id, from: first.id, by }));
  const read = async () => {
    const { rows } = await sql`select * from contact_number order by phone`.execute(db);
    return rows;
  };
  const before = await read();
  expect(before).toContainEqual(expect.objectContaining({ phone: first.other, contactId: second.id }));
  const migrations = await readMigrations(join(import.meta.dirname, '../../migrations'));
  await migrateDown(db, { migrations, toVersion: 51 });
  await migrateUp(db, { migrations, now: world.clock.now() });
  expect(await read()).toEqual(before);
});
