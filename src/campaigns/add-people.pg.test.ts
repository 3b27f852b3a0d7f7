import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { claimTexts, takeLease } from '../../test/claimed.ts';
import { somebodyWaits } from '../../test/concurrency.ts';
import {
  AS_IT_IS,
  type ContactFixture,
  enrollmentStates,
  insertAccount,
  insertContacts,
  launchTestCampaign,
  testPhones,
} from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { type Database, runTx, type Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import type { Refusal } from '../platform/refusal.ts';
import type { Result } from '../platform/result.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { ADD_AT_ONCE_MAX, addPeople, type Joining, previewJoining } from './add-people.ts';
import { completeFinished, getCampaign } from './campaign-store.ts';
import { cancelCampaign, pauseCampaign } from './control-campaign.ts';
import { launchCampaign } from './launch-campaign.ts';
import { createDraft } from './manage-drafts.ts';

let database: Database;
let world: ReturnType<typeof testWorld>;
let laneIds: readonly Uuid[];
let accountId: Uuid;
let campaignId: Uuid;

const people = (phones: readonly string[], change: Partial<ContactFixture> = {}) =>
  insertContacts(
    database.db,
    world,
    phones.map((phone) => ({ phone, tags: ['roof'], ...change })),
  );
/** Two people of the audience "roof" are in it. */
beforeEach(async () => {
  database = await testDatabase();
  world = testWorld();
  const secrets = secretsWithKey(new Uint8Array(32).fill(7), world.random);
  const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001' }];
  const account = { baseUrl: 'http://127.0.0.1:1', apiKey: 'k', lanes };
  ({ laneIds, id: accountId } = await insertAccount(database.db, { ...world, secrets }, account));
  await people(testPhones(2));
  campaignId = await launchTestCampaign(database.db, world, { laneIds, audience: { tags: ['roof'] } });
});

const NEW: Joining = { kind: 'new_matches' };
const add = (who: Joining, tx?: Tx) => {
  const input = { campaignId, who, actor: 'user:1' };
  return tx === undefined ? runTx(database.db, (own) => addPeople(own, world, input)) : addPeople(tx, world, input);
};
const refusal = <T>(outcome: Result<T, Refusal>): string => (outcome.ok ? 'granted' : outcome.error.message);
const optOut = (phone: string) =>
  sql`insert into suppression (id, phone, reason, channel, evidence, created_at)
    values (${world.newUuid()}, ${phone}, 'opt_out', 'sms', '{}', ${world.clock.now()})`.execute(database.db);
const control = { shownId: 'c', reason: undefined, actor: 'test' };
const jobs = { enqueue: async () => undefined };

describe('adding people to a running campaign', () => {
  it('takes in whoever matches its audience by now, once, and says who is left out and why', async () => {
    await people(testPhones(3, '603'));
    await people(['+17815550000'], { tags: ['other'] });
    await optOut(testPhones(1, '603')[0] ?? '');
    const expected = {
      added: 2,
      alreadyIn: 2,
      leftOut: [{ reason: 'opted_out', sentence: 'Asked not to be texted', count: 1 }],
    };
    const preview = await previewJoining(database.db, world.clock, { campaignId, who: NEW });
    expect(preview).toMatchObject({ ok: true, value: expected });
    expect(preview.ok && preview.value.sample.map((person) => person.phone).sort()).toEqual(
      testPhones(3, '603').slice(1),
    );
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ pending: 2 });
    expect(await add(NEW)).toEqual({ ok: true, value: expected });
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ pending: 4, skipped: 1 });
    expect(await add(NEW)).toEqual({ ok: true, value: { added: 0, alreadyIn: 5, leftOut: [] } });
    const { totals } = (await getCampaign(database.db, campaignId)) ?? {};
    expect(totals).toMatchObject({ pending: 4, skipped: 1 });
  });

  it('lets the engine text them', async () => {
    const lease = await takeLease(database.db, world, accountId);
    const claim = () => claimTexts(database.db, world, { lease, campaignId, laneId: laneIds[0] ?? '' });
    expect(await claim()).toHaveLength(2);
    await people(testPhones(1, '603'));
    expect(await claim()).toEqual([]);
    await add(NEW);
    expect((await claim()).map((text) => text.phone)).toEqual(testPhones(1, '603'));
  });

  it('never touches those who are in it, whatever became of them', async () => {
    const [id = ''] = await people(testPhones(1, '603'));
    await add({ kind: 'contacts', contactIds: [id] });
    await sql`update enrollment set state = 'skipped', skip_reason = 'opted_out' where contact_id = ${id}`.execute(
      database.db,
    );
    const rows = async () =>
      (await sql`select e.*, e.xmin::text from enrollment e order by id`.execute(database.db)).rows;
    const before = await rows();
    expect(await add({ kind: 'contacts', contactIds: [id] })).toMatchObject({ value: { added: 0, alreadyIn: 1 } });
    expect(await add({ kind: 'audience', rule: { all: true } })).toMatchObject({ value: { added: 0, alreadyIn: 3 } });
    expect(await rows()).toEqual(before);
  });

  it('gives each the variant that a launch would have given', async () => {
    const phones = testPhones(20, '603');
    await people(phones, { tags: ['late'] });
    const variants = ['A', 'B'].map((label) => ({ label, weight: 1, body: `Hi from ${label}` }));
    campaignId = await launchTestCampaign(database.db, world, { laneIds, audience: { tags: ['late'] }, variants });
    const assigned = async () =>
      (
        await sql`select contact_id, variant_id from enrollment where campaign_id = ${campaignId} order by 1`.execute(
          database.db,
        )
      ).rows;
    const atLaunch = await assigned();
    await sql`delete from enrollment where campaign_id = ${campaignId}`.execute(database.db);
    await add(NEW);
    expect(await assigned()).toEqual(atLaunch);
  });

  it('adds nobody while one of the contacts does not exist', async () => {
    const [known = ''] = await people(testPhones(1, '603'));
    const unknown = world.newUuid();
    const outcome = await add({ kind: 'contacts', contactIds: [known, unknown] });
    expect(refusal(outcome)).toBe(`${showId('contact', unknown)}: no such contact; take it out`);
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ pending: 2 });
  });

  it('refuses more people than a pause can wait for', async () => {
    await sql`
      insert into contact (id, phone, zone_group, tags, source, created_at, updated_at)
      select gen_random_uuid(), '+1339' || (2000000 + n), 'MA|America/New_York', array['roof'], 'test', ${world.clock.now()}, ${world.clock.now()}
      from generate_series(0, ${ADD_AT_ONCE_MAX}) n`.execute(database.db);
    expect(refusal(await add(NEW))).toContain('this adds 10001 people (10001 of them to be texted), and at most 10000');
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ pending: 2 });
  });

  it('is on record', async () => {
    await people(testPhones(1, '603'));
    await add(NEW);
    const { rows } = await sql`select actor, detail from audit_entry where action = 'campaign.people_added'`.execute(
      database.db,
    );
    expect(rows).toMatchObject([{ actor: 'user:1', detail: { added: 1, who: { newMatches: true } } }]);
  });

  it('works while it is paused: nobody is texted before it goes on', async () => {
    await runTx(database.db, (tx) => pauseCampaign(tx, world, { ...control, id: campaignId }));
    await people(testPhones(1, '603'));
    expect(await add(NEW)).toMatchObject({ value: { added: 1 } });
    const lease = await takeLease(database.db, world, accountId);
    expect(await claimTexts(database.db, world, { lease, campaignId, laneId: laneIds[0] ?? '' })).toEqual([]);
  });

  it('is refused when it is over, with what can be done', async () => {
    await runTx(database.db, (tx) => cancelCampaign(tx, { ...world, jobs }, { ...control, id: campaignId }));
    expect(refusal(await add(NEW))).toBe(
      'campaign "Test campaign" is cancelled and takes nobody in any more: copy it as a new draft for these people',
    );
  });
});

describe('at the same moment', () => {
  it('two who add the same people enroll each once, and the second changes nothing of what the first has done', async () => {
    await people(testPhones(50, '603'));
    const before = world.clock.now();
    const second = await runTx(database.db, async (tx) => {
      expect(await add(NEW, tx)).toMatchObject({ value: { added: 50, alreadyIn: 2 } });
      await world.clock.advance(1_000);
      const other = add(NEW);
      await somebodyWaits(database.db);
      return { other };
    });
    expect(await second.other).toEqual({ ok: true, value: { added: 0, alreadyIn: 52, leftOut: [] } });
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ pending: 52 });
    const { rows } = await sql`select distinct not_before from enrollment`.execute(database.db);
    expect(rows).toEqual([{ notBefore: before }]);
    const { totals } = (await getCampaign(database.db, campaignId)) ?? {};
    expect(totals?.pending).toBe(52);
  });

  it('adding and launching leave everyone in it once: before the launch it is refused, after it the people are in', async () => {
    await people(testPhones(30, '603'));
    const draft = await runTx(database.db, (tx) =>
      createDraft(tx, world, {
        name: 'Race',
        audience: { tags: ['roof'] },
        variants: [{ label: 'A', weight: 1, body: 'Hi' }],
        laneIds,
        priority: 5,
        consent: null,
        createdBy: 'test',
      }),
    );
    if (!draft.ok) throw new Error(draft.error.message);
    campaignId = draft.value.id;
    const launch = { ...control, id: campaignId, revision: 1, confirmName: 'Race', acknowledgement: AS_IT_IS };
    const [launched, added] = await Promise.all([
      runTx(database.db, (tx) => launchCampaign(tx, world, launch)),
      add(NEW),
    ]);
    expect(launched.ok).toBe(true);
    if (added.ok) expect(added.value).toEqual({ added: 0, alreadyIn: 32, leftOut: [] });
    else expect(added.error.message).toContain('is a draft');
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ pending: 32 });
  });

  it('a campaign that has just finished its last person does not end under those who are being added', async () => {
    await sql`update enrollment set state = 'skipped', skip_reason = 'opted_out'`.execute(database.db);
    await people(testPhones(1, '603'));
    const now = world.clock.now();
    const closed = await runTx(database.db, async (tx) => {
      expect(await add(NEW, tx)).toMatchObject({ value: { added: 1 } });
      // The engine looks while this transaction is open.
      return runTx(database.db, (other) => completeFinished(other, now));
    });
    expect(closed).toEqual([]);
    expect(await runTx(database.db, (tx) => completeFinished(tx, now))).toEqual([]);
    expect((await getCampaign(database.db, campaignId))?.state).toBe('running');
  });
});
