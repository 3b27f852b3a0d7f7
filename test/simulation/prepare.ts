import { sql } from 'kysely';
import { DEFAULT_CONSENT_POLICY } from '../../src/compliance/consent-policy.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { type Db, dbOver, type Tx } from '../../src/platform/database.ts';
import type { NewUuid, Uuid } from '../../src/platform/ids.ts';
import type { Secrets } from '../../src/platform/secrets.ts';
import { addMs, DAY_MS, type Instant, MINUTE_MS } from '../../src/platform/time.ts';
import { insertAccount, insertContacts, launchCampaignIn } from '../fixtures.ts';
import type { Backend } from './backend.ts';
import { PLACES, phoneOf } from './people.ts';
import type { Plan, PlannedCampaign } from './plan.ts';

/** What is in the tables before a run begins. */
export interface Prepared {
  readonly accounts: ReadonlyMap<string, { readonly id: Uuid; readonly laneRef: string; readonly phone: string }>;
  readonly laneIds: readonly Uuid[];
  /** Everybody's number. */
  readonly people: readonly string[];
}

interface Setup {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly secrets: Secrets;
}

/** Statements that are no part of the run, over one connection. */
export const dbApart = (backend: Pick<Backend, 'query'>): Db =>
  dbOver({
    options: {},
    connect: async () =>
      ({
        query: (text: unknown, values?: unknown) =>
          backend.query(String(text), values as readonly unknown[] | undefined),
        release: () => undefined,
      }) as never,
    end: async () => undefined,
  });

export async function prepare(db: Db, setup: Setup, plan: Plan): Promise<Prepared> {
  await sql`create table if not exists sim_job (id bigserial primary key, queue text not null, data jsonb not null)`.execute(
    db,
  );
  const people = await writePeople(db, setup, plan);
  const accounts = new Map<string, { readonly id: Uuid; readonly laneRef: string; readonly phone: string }>();
  const laneIds: Uuid[] = [];
  for (const { name, rate, lanes } of plan.accounts) {
    const made = await insertAccount(db, setup, {
      baseUrl: name,
      apiKey: 'key',
      ratePerSecond: rate,
      lanes: lanes.map((lane) => ({ gatewayRef: lane.ref, phone: lane.phone, dailyCap: lane.dailyCap })),
    });
    for (const [index, laneId] of made.laneIds.entries()) {
      const lane = lanes[index];
      await sql`
        update lane set messages_per_second = ${lane?.messagesPerSecond ?? null}, parts_per_second = ${lane?.partsPerSecond ?? null},
          parts_per_day = ${lane?.partsPerDay ?? null} where id = ${laneId}`.execute(db);
    }
    laneIds.push(...made.laneIds);
    const [first] = lanes;
    if (first !== undefined) accounts.set(name, { id: made.id, laneRef: first.ref, phone: first.phone });
  }
  const policy = JSON.stringify({ version: 1, preset: 'federal_state', messagesPerDay: plan.messagesPerDay });
  const review = JSON.stringify({ version: 1, hours: plan.reviews.hours });
  const now = setup.clock.now();
  await sql`
    insert into setting (key, value, updated_at)
    values ('sending_policy', ${policy}, ${now}), ('opt_out_review', ${review}, ${now})`.execute(db);
  return { accounts, laneIds, people };
}

/** Whom nobody texts unless they are added to the campaign while it runs. */
export const latecomersTag = (campaign: string): string => `late ${campaign}`;
const LATECOMERS = 5;

async function writePeople(db: Db, setup: Setup, plan: Plan): Promise<readonly string[]> {
  // Campaigns that overlap in people share their rows: a contact has all tags of its number.
  const tagsOf = new Map<string, string[]>();
  for (const { people, offset, tag } of plan.campaigns)
    for (let index = offset; index < offset + people; index += 1) {
      const place = PLACES[plan.places[index % plan.places.length] ?? 0] ?? PLACES[0];
      const phone = phoneOf(place, index);
      tagsOf.set(phone, [...(tagsOf.get(phone) ?? []), tag]);
    }
  // Numbers that no campaign of the plan reaches.
  const next = Math.max(...plan.campaigns.map(({ people, offset }) => offset + people));
  for (const [index, { tag }] of plan.campaigns.entries())
    for (let late = 0; late < LATECOMERS; late += 1) {
      const place = PLACES[plan.places[late % plan.places.length] ?? 0] ?? PLACES[0];
      tagsOf.set(phoneOf(place, next + index * LATECOMERS + late), [latecomersTag(tag)]);
    }
  const contacts = [...tagsOf].map(([phone, tags]) => ({ phone, firstName: `P${phone.slice(-4)}`, tags }));
  await insertContacts(db, setup, contacts);
  await giveConsents(db, setup.clock.now(), [...tagsOf.keys()]);
  return [...tagsOf.keys()];
}

/** Two of three agreed in writing, half of them until some minute of the run, a few by word, and all of these until then; the rest did not. */
async function giveConsents(db: Db, now: Instant, people: readonly string[]): Promise<void> {
  const given = people
    .map((phone, index) => {
      const writes = index % 3 !== 2;
      const until = writes && index % 2 === 0 ? null : addMs(now, ((index % 40) + 1) * MINUTE_MS).toString();
      return { phone, kind: writes ? 'express_written' : 'express', until };
    })
    .filter((_, index) => index % 6 !== 5);
  const from = addMs(now, -DAY_MS);
  await sql`
    with worded as (
      insert into consent_wording (digest, wording) values (${WORDS_DIGEST}, 'Yes') returning digest
    ), event as (
      insert into consent_event (id, phone, seller, action, purpose, kind, source, documented, wording_digest, evidence, actor, recorded_by,
        valid_until, occurred_at, recorded_at)
      select md5(x.phone)::uuid, x.phone, 'Sim', 'grant', 'marketing', x.kind, 'paper', true, w.digest, '{}', 'test', 'test', x.until, ${from}, ${from}
      from worded w, unnest(${given.map((one) => one.phone)}::text[], ${given.map((one) => one.kind)}::text[],
        ${given.map((one) => one.until)}::timestamptz[]) as x (phone, kind, until)
      returning *
    )
    insert into consent (phone, purpose, state, since, consent_event_id, kind, valid_from, valid_until)
    select phone, purpose, case kind when 'express' then 'express' else 'written' end, occurred_at, id, kind, occurred_at, valid_until
    from event`.execute(db);
}

const WORDS_DIGEST = '0'.repeat(64);

/** Launches a campaign unless an earlier try has done it: an answer may have been lost. */
export async function launchPlanned(
  tx: Tx,
  setup: Pick<Setup, 'clock' | 'newUuid'>,
  input: { readonly campaign: PlannedCampaign; readonly index: number; readonly laneIds: readonly Uuid[] },
): Promise<Uuid> {
  const { campaign, laneIds } = input;
  const { rows } = await sql<{ id: Uuid }>`select id from campaign where name = ${campaign.tag}`.execute(tx);
  const [earlier] = rows;
  if (earlier !== undefined) return earlier.id;
  const mark = `[campaign ${input.index}]`;
  const id = await launchCampaignIn(tx, setup, {
    name: campaign.tag,
    laneIds: campaign.allLanes ? laneIds : laneIds.slice(0, 1),
    audience: { tags: [campaign.tag] },
    consent: campaign.asksWritten ? DEFAULT_CONSENT_POLICY : null,
    priority: campaign.priority,
    variants: [
      { label: 'A', weight: 1, body: `Hi {first_name|there} ${mark} Reply STOP to opt out.` },
      // Of two parts.
      { label: 'B', weight: 1, body: `Hello {first_name|there} ${mark} ${LONG_WORDS} Reply STOP to opt out.` },
    ],
  });
  const finishBy =
    campaign.finishByMs === null ? null : addMs(setup.clock.now(), campaign.finishByMs - campaign.launchAtMs);
  await sql`
    update campaign set max_per_hour = ${campaign.maxPerHour}, max_per_day = ${campaign.maxPerDay}, finish_by = ${finishBy}
    where id = ${id}`.execute(tx);
  return id;
}

const LONG_WORDS =
  'We are in your street this week and would look at your foundation at no cost, with a written report for you to keep, if that suits you.';
