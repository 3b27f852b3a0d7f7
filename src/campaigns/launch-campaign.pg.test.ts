import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { claimTexts, takeLease } from '../../test/claimed.ts';
import {
  AS_IT_IS,
  enrollmentStates,
  insertAccount,
  insertContacts,
  launchCampaignIn,
  launchTestCampaign,
  testPhones,
} from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { previewAudience } from '../audiences/preview-audience.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { recordInbound } from '../conversations/record-inbound.ts';
import { type Database, runTx, type Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { cancelCampaign, pauseCampaign, resumeCampaign } from './control-campaign.ts';
import { launchCampaign } from './launch-campaign.ts';
import { createDraft, updateDraft } from './manage-drafts.ts';

const world = testWorld();
/** For people so few that the cancelling itself takes all of them off. */
const noJobs = { enqueue: () => Promise.reject(new Error('expected no job')) };
const withSecrets = { ...world, secrets: secretsWithKey(world.random.bytes(32), world.random) };
let database: Database;
let accountId: Uuid;
let laneIds: readonly Uuid[];

beforeAll(async () => {
  database = await testDatabase();
  ({ id: accountId, laneIds } = await insertAccount(database.db, withSecrets, {
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'key',
    lanes: [{ gatewayRef: 'PN1', phone: '+16175550001' }],
  }));
  await insertContacts(database.db, world, [
    ...testPhones(200, '617').map((phone) => ({ phone, city: 'Boston', tags: ['big'] })),
    { phone: '+14165550111', tags: ['mixed'] },
    { phone: '+18005550111', tags: ['mixed'] },
    { phone: '+18575550181', tags: ['mixed', 'gone'] },
    { phone: '+18575550182', tags: ['mixed'], city: 'BOSTON' },
  ]);
  await runTx(database.db, (tx) =>
    suppressNumber(tx, world, {
      phone: '+18575550181',
      reason: 'opt_out',
      channel: 'staff',
      evidence: {},
      actor: 'test',
    }),
  );
});

const totalsOf = async (id: Uuid) => {
  const { rows } = await sql<{ pending: number; skipped: number }>`
    select sum(pending)::bigint as pending, sum(skipped)::bigint as skipped from campaign_totals where campaign_id = ${id}`.execute(
    database.db,
  );
  return rows[0];
};

describe('launching', () => {
  it('enrolls the audience and keeps for each who is left out the reason', async () => {
    const id = await launchTestCampaign(database.db, world, { laneIds, audience: { tags: ['mixed'] } });
    const { rows } = await sql<{ phone: string; state: string; reason: string | null }>`
      select phone, state, skip_reason as reason from enrollment where campaign_id = ${id} order by phone`.execute(
      database.db,
    );
    expect(rows).toEqual([
      { phone: '+14165550111', state: 'skipped', reason: 'outside_us' },
      { phone: '+18005550111', state: 'skipped', reason: 'toll_free' },
      { phone: '+18575550181', state: 'skipped', reason: 'opted_out' },
      { phone: '+18575550182', state: 'pending', reason: null },
    ]);
    expect(await totalsOf(id)).toEqual({ pending: 1, skipped: 3 });
  });

  it('says beforehand exactly what it will do', async () => {
    const preview = await previewAudience(database.db, { tags: ['mixed'] }, world.clock.now());
    expect(preview).toMatchObject({ matched: 4, textable: 1 });
    expect(preview.excluded.map(({ reason, count }) => [reason, count]).sort()).toEqual([
      ['opted_out', 1],
      ['outside_us', 1],
      ['toll_free', 1],
    ]);
  });

  it('splits variants by weight, the same way each time it is computed', async () => {
    const variants = [
      { label: 'A', weight: 3, body: 'One' },
      { label: 'B', weight: 1, body: 'Two' },
    ];
    const id = await launchTestCampaign(database.db, world, { laneIds, audience: { tags: ['big'] }, variants });
    const { rows } = await sql<{ label: string; n: number }>`
      select v.label, count(*) as n from enrollment e join campaign_variant v on v.id = e.variant_id
      where e.campaign_id = ${id} group by 1 order by 1`.execute(database.db);
    expect(rows.map((row) => row.label)).toEqual(['A', 'B']);
    // 200 people, 150 expected in A, standard deviation 6.1: five of them on either side.
    expect(Math.abs((rows[0]?.n ?? 0) - 150)).toBeLessThan(31);
    const { rows: odd } = await sql`
      select 1 from enrollment e join campaign_variant v on v.id = e.variant_id
      where e.campaign_id = ${id} and v.label <> case
        when ('x' || substr(md5(${id}::text || e.contact_id::text), 19, 8))::bit(32)::bigint % 4 < 3 then 'A' else 'B' end`.execute(
      database.db,
    );
    expect(odd).toEqual([]);
  });

  it('matches cities whatever their capitals, and people not texted lately', async () => {
    const now = world.clock.now();
    expect((await previewAudience(database.db, { cities: ['boston'] }, now)).matched).toBe(201);
    await sql`update contact set last_campaign_text_at = ${now} where phone = '+18575550182'`.execute(database.db);
    expect((await previewAudience(database.db, { cities: ['boston'], notContactedDays: 1 }, now)).matched).toBe(200);
  });

  it('refuses an audience of nobody, a stale revision and a second launch, and leaves everything as it was', async () => {
    const draft = await runTx(database.db, (tx) =>
      createDraft(tx, world, {
        name: 'None',
        audience: { tags: ['nobody'] },
        variants: [{ label: 'A', weight: 1, body: 'Hi' }],
        laneIds,
        priority: 5,
        consent: null,
        createdBy: 'test',
      }),
    );
    if (!draft.ok) throw new Error(draft.error.message);
    const { id } = draft.value;
    const launch = (revision: number) =>
      runTx(database.db, (tx) =>
        launchCampaign(tx, world, {
          id,
          shownId: showId('campaign', id),
          revision,
          confirmName: undefined,
          acknowledgement: AS_IT_IS,
          actor: 'test',
        }),
      );
    const empty = await launch(1);
    expect(empty).toMatchObject({ ok: false, error: { kind: 'invalid', errors: [{ pointer: '/audience' }] } });
    await runTx(database.db, (tx) =>
      updateDraft(tx, world, {
        id,
        shownId: showId('campaign', id),
        revision: 1,
        change: { audience: { tags: ['mixed'] } },
        actor: 'test',
      }),
    );
    expect(await launch(1)).toMatchObject({
      ok: false,
      error: { kind: 'conflict', message: expect.stringContaining('revision 1, now 2') },
    });
    expect(await enrollmentStates(database.db, id)).toEqual({});
    expect((await launch(2)).ok).toBe(true);
    expect(await launch(2)).toMatchObject({ ok: false, error: { kind: 'conflict', state: 'running' } });
  });

  it('asks for the name above 500 people', async () => {
    await insertContacts(
      database.db,
      world,
      testPhones(501, '508').map((phone) => ({ phone, tags: ['huge'] })),
    );
    const draft = await runTx(database.db, (tx) =>
      createDraft(tx, world, {
        name: 'Huge',
        audience: { tags: ['huge'] },
        variants: [{ label: 'A', weight: 1, body: 'Hi' }],
        laneIds,
        priority: 5,
        consent: null,
        createdBy: 'test',
      }),
    );
    if (!draft.ok) throw new Error(draft.error.message);
    const { id } = draft.value;
    const launch = (confirmName: string | undefined) =>
      runTx(database.db, (tx) =>
        launchCampaign(tx, world, {
          id,
          shownId: showId('campaign', id),
          revision: 1,
          confirmName,
          acknowledgement: AS_IT_IS,
          actor: 'test',
        }),
      );
    expect(await launch('huge')).toMatchObject({ ok: false, error: { errors: [{ pointer: '/confirmName' }] } });
    expect((await launch('Huge')).ok).toBe(true);
  });
});

describe('control', () => {
  const control = (id: Uuid) => ({ id, shownId: showId('campaign', id), reason: 'a reason', actor: 'test' });

  it('cancelling skips who waits and is the end; pausing a draft or resuming a running one is refused with what is possible', async () => {
    const id = await launchTestCampaign(database.db, world, { laneIds, audience: { tags: ['mixed'] } });
    expect(await runTx(database.db, (tx) => resumeCampaign(tx, world, control(id)))).toMatchObject({
      ok: false,
      error: { state: 'running', allowed: ['edit sending', 'pause', 'cancel'] },
    });
    expect((await runTx(database.db, (tx) => pauseCampaign(tx, world, control(id)))).ok).toBe(true);
    expect((await runTx(database.db, (tx) => cancelCampaign(tx, { ...world, jobs: noJobs }, control(id)))).ok).toBe(
      true,
    );
    expect(await enrollmentStates(database.db, id)).toEqual({ skipped: 4 });
    expect(await totalsOf(id)).toEqual({ pending: 0, skipped: 4 });
    expect(await runTx(database.db, (tx) => resumeCampaign(tx, world, control(id)))).toMatchObject({
      ok: false,
      error: { state: 'cancelled', allowed: [] },
    });
  });
});

it('an opt-out ends everything that waits for the number in its own transaction, and leaves one audit entry', async () => {
  const id = await launchTestCampaign(database.db, world, { laneIds, audience: { cities: ['Boston'] } });
  const phone = testPhones(1)[0] ?? '';
  const suppress = () =>
    runTx(database.db, (tx) =>
      suppressNumber(tx, world, {
        phone,
        reason: 'opt_out',
        channel: 'sms',
        evidence: { text: 'STOP' },
        actor: 'contact',
      }),
    );
  expect(await suppress()).toMatchObject({ cancelled: 2 });
  expect(await suppress()).toMatchObject({ cancelled: 0 });
  const { rows } =
    await sql`select 1 from enrollment where campaign_id = ${id} and phone = ${phone} and state = 'skipped' and skip_reason = 'opted_out'`.execute(
      database.db,
    );
  expect(rows).toHaveLength(1);
  const { rows: entries } =
    await sql`select 1 from audit_entry where phone = ${phone} and action = 'number.suppressed'`.execute(database.db);
  expect(entries).toHaveLength(1);
});

describe('a STOP while the campaign launches', () => {
  /** One transaction from its beginning to its end. */
  const alone = <T>(act: (tx: Tx) => Promise<T>): Promise<T> => runTx(database.db, act);
  const launch = (tx: Tx, tag: string) => launchCampaignIn(tx, world, { laneIds, audience: { tags: [tag] } });
  const saysStop = (tx: Tx, phone: string) =>
    recordInbound(
      tx,
      world,
      { id: accountId, kind: 'quo', environment: 'sandbox' },
      {
        ...{ type: 'message_received', eventId: `EV${phone}`, gatewayMessageId: `MO${phone}`, laneRef: 'PN1' },
        ...{ from: phone, to: ['+16175550001'], text: 'STOP', media: [], at: world.clock.now() },
      },
    );
  const claimed = async (campaignId: Uuid): Promise<readonly string[]> => {
    const lease = await takeLease(database.db, world, accountId);
    const texts = await claimTexts(database.db, world, { lease, campaignId, laneId: laneIds[0] ?? '' });
    await sql`delete from account_lease`.execute(database.db);
    return texts.map(({ phone }) => phone);
  };
  const partOf = async (campaignId: Uuid, phone: string) => {
    const { rows } = await sql<{ state: string; reason: string | null }>`
      select state, skip_reason as reason from enrollment where campaign_id = ${campaignId} and phone = ${phone}`.execute(
      database.db,
    );
    return rows[0];
  };

  it.each([
    {
      what: 'is heard at once, though the launch has enrolled them and is not over',
      tag: '413',
      meet: (phone: string, tag: string) =>
        alone(async (launching) => {
          const campaignId = await launch(launching, tag);
          await alone((tx) => saysStop(tx, phone));
          return { campaignId, early: [] };
        }),
    },
    {
      what: 'keeps them from being texted, though the launch begins and is over while it is recorded',
      tag: '978',
      meet: (phone: string, tag: string) =>
        alone(async (stopping) => {
          await saysStop(stopping, phone);
          const campaignId = await alone((tx) => launch(tx, tag));
          expect(await partOf(campaignId, phone)).toEqual({ state: 'pending', reason: null });
          return { campaignId, early: await claimed(campaignId) };
        }),
    },
  ])('$what', async ({ tag, meet }) => {
    const [stops = '', stays = ''] = testPhones(2, tag);
    await insertContacts(
      database.db,
      world,
      [stops, stays].map((phone) => ({ phone, tags: [tag] })),
    );
    const { campaignId, early } = await meet(stops, tag);
    expect([...early, ...(await claimed(campaignId))]).toEqual([stays]);
    expect(await partOf(campaignId, stops)).toEqual({ state: 'skipped', reason: 'opted_out' });
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ handing_over: 1, skipped: 1 });
    const { rows } = await sql`select reason from suppression where phone = ${stops} and lifted_at is null`.execute(
      database.db,
    );
    expect(rows).toEqual([{ reason: 'opt_out' }]);
  });
});
