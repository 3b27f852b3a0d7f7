import { sql } from 'kysely';
import type { Campaign } from '../../src/campaigns/campaign.ts';
import { setCampaignState } from '../../src/campaigns/campaign-store.ts';
import { enrollAudience } from '../../src/campaigns/enroll-store.ts';
import { createDraft } from '../../src/campaigns/manage-drafts.ts';
import type { ConsentPolicy } from '../../src/compliance/consent-policy.ts';
import { PLACE_BY_AREA_CODE } from '../../src/contacts/area-codes.ts';
import { storedE164 } from '../../src/contacts/phone.ts';
import { plausibleZones, zoneGroupKey } from '../../src/contacts/zones.ts';
import type { Uuid } from '../../src/platform/ids.ts';
import { notifyLive } from '../../src/platform/live.ts';
import type { BenchWorld } from './world.ts';

export const API_KEY = 'bench-key';

/** Where people are: an area code and what follows from it. */
export interface Place {
  readonly areaCode: string;
  readonly state: string;
  readonly zoneGroup: string;
}

export const PLACES: readonly Place[] = [...PLACE_BY_AREA_CODE].map(([areaCode, { state }]) => ({
  areaCode,
  state,
  zoneGroup: zoneGroupKey(plausibleZones({ phone: storedE164(`+1${areaCode}5550100`), state })),
}));

/** Indexes of contact that are quicker built over many rows than kept row by row. */
const BUILT_AFTERWARDS = ['contact_search', 'contact_tags', 'contact_place', 'contact_newest'];

/** As many people as asked for, spread evenly over the places as in a list of the whole country; one in fifty has opted out. */
export async function insertPeople(
  world: BenchWorld,
  {
    count,
    places,
    tag,
    crowd = 0,
  }: {
    readonly count: number;
    readonly places: readonly Place[];
    readonly tag: string;
    /** A second crowd in the same places gets other numbers. */
    readonly crowd?: number;
  },
): Promise<void> {
  const now = world.clock.now();
  const firstId = world.newUuid().slice(0, 28);
  await world.tx(async (tx) => {
    const { rows } = await sql<{ name: string; definition: string }>`
      select indexname as name, indexdef as definition from pg_indexes where indexname = any(${BUILT_AFTERWARDS}::text[])`.execute(
      tx,
    );
    for (const { name } of rows) await sql`drop index ${sql.ref(name)}`.execute(tx);
    await sql`
      insert into contact (id, phone, first_name, last_name, email, company, street, city, state, postal_code, tags, zone_group, source,
        created_at, updated_at)
      select (${firstId}::text || lpad(to_hex(n), 8, '0'))::uuid,
        '+1' || p.area_code || (200 + n / p.places / 10000 % 700 + ${100 * crowd}::integer)::text
          || lpad((n / p.places % 10000)::text, 4, '0'),
        (array['Ana', 'Bob', 'Mary Ann', 'Omar', 'Kim'])[1 + n % 5], (array['Smith', 'Brown', 'de la Cruz'])[1 + n % 3],
        case when n % 2 = 0 then 'person.' || n || '@example.com' end, case when n % 3 = 0 then 'Smith & Sons ' || n % 5000 end,
        n % 900 || ' Elm St', 'Springfield', p.state, null, array[${tag}::text], p.zone_group, 'import', ${now}, ${now}
      from generate_series(0, ${count - 1}::integer) n
      join (select a.*, count(*) over ()::integer as places, row_number() over () - 1 as place from unnest(
          ${places.map((place) => place.areaCode)}::text[], ${places.map((place) => place.state)}::text[],
          ${places.map((place) => place.zoneGroup)}::text[]) as a (area_code, state, zone_group)) p
        on p.place = n % p.places
      order by n`.execute(tx);
    await sql`
      insert into suppression (id, phone, reason, channel, evidence, created_at)
      select gen_random_uuid(), phone, 'opt_out', 'sms', '{}', ${now} from contact
      where tags = array[${tag}::text] and ('x' || substr(md5(phone), 1, 4))::bit(16)::integer % 50 = 0
      on conflict do nothing`.execute(tx);
    for (const { definition } of rows) await sql.raw(definition).execute(tx);
  });
}

/** Everybody has agreed in writing, so that a claim has as much to read as it ever has. */
export async function giveConsents(world: BenchWorld): Promise<void> {
  const from = world.clock.now();
  await world.tx(async (tx) => {
    await sql`insert into consent_wording (digest, wording) values (${WORDS_DIGEST}, 'Yes')`.execute(tx);
    await sql`
      insert into consent_event (id, phone, seller, action, purpose, kind, source, documented, wording_digest, evidence, actor, recorded_by,
        occurred_at, recorded_at)
      select gen_random_uuid(), phone, 'Bench', 'grant', 'marketing', 'express_written', 'paper', true, ${WORDS_DIGEST}, '{}', 'bench', 'bench',
        ${from}, ${from}
      from contact`.execute(tx);
    await sql`
      insert into consent (phone, purpose, state, since, consent_event_id, kind, valid_from)
      select phone, purpose, 'written', occurred_at, id, kind, occurred_at from consent_event`.execute(tx);
  });
}

const WORDS_DIGEST = '0'.repeat(64);

const TEXT =
  'Hi {first_name|there}, we finished a driveway near you and have a free slot this week. Shall we come by? Reply STOP to opt out.';

/** A lane and its account, with limits that do not stand in the way. `baseUrl: 'null:'` is the null gateway of sending-worker.ts. */
export async function insertSender(
  world: BenchWorld,
  input: { readonly baseUrl?: string; readonly gatewayRef: string; readonly phone: string },
): Promise<{ readonly accountId: Uuid; readonly laneId: Uuid }> {
  const [accountId, laneId, now] = [world.newUuid(), world.newUuid(), world.clock.now()];
  await sql`
    insert into gateway_account (id, kind, name, base_url, environment, api_key_sealed, rate_per_second, state, created_at, updated_at)
    values (${accountId}, 'quo', 'Bench', ${input.baseUrl ?? 'null:'}, 'sandbox', ${world.secrets.seal(API_KEY)}, 10000, 'active', ${now}, ${now})`.execute(
    world.db,
  );
  await sql`
    insert into lane (id, account_id, gateway_ref, phone, name, zone, daily_cap, state, created_at, updated_at)
    values (${laneId}, ${accountId}, ${input.gatewayRef}, ${input.phone}, 'Bench', 'America/New_York', 1000000, 'active', ${now}, ${now})`.execute(
    world.db,
  );
  return { accountId, laneId };
}

/** A draft with one text for everybody with this tag. */
export function draftCampaign(
  world: BenchWorld,
  draft: { readonly tag: string; readonly laneIds: readonly Uuid[]; readonly consent?: ConsentPolicy },
): Promise<Campaign> {
  const { tag, laneIds, consent = null } = draft;
  return world.tx(async (tx) => {
    const created = await createDraft(tx, world, {
      name: `Bench ${tag}${consent === null ? '' : `, ${consent.policy}`}`,
      audience: { tags: [tag] },
      variants: [{ label: 'A', weight: 1, body: TEXT }],
      laneIds,
      priority: 5,
      consent,
      createdBy: 'bench',
    });
    if (!created.ok) throw new Error(created.error.message);
    return created.value;
  });
}

/** What a launch does for the engine, without the review for people. The campaign does not run yet. */
export const enroll = (world: BenchWorld, campaign: Campaign): Promise<void> =>
  world.tx((tx) => enrollAudience(tx, campaign, world.clock.now()));

export const startCampaign = (world: BenchWorld, id: Uuid): Promise<void> =>
  world.tx(async (tx) => {
    await setCampaignState(tx, id, { state: 'running', reason: null, now: world.clock.now() });
    await notifyLive(tx, ['engine']);
  });

export const pauseCampaign = (world: BenchWorld, id: Uuid): Promise<void> =>
  world.tx((tx) => setCampaignState(tx, id, { state: 'paused', reason: 'bench', now: world.clock.now() }));
