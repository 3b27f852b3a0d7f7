import { sql } from 'kysely';
import { launchCampaign } from '../src/campaigns/launch-campaign.ts';
import { createDraft, type NewDraft } from '../src/campaigns/manage-drafts.ts';
import { storedE164 } from '../src/contacts/phone.ts';
import { plausibleZones, zoneGroupKey } from '../src/contacts/zones.ts';
import type { Clock } from '../src/platform/clock.ts';
import { type Db, runTx, type Tx } from '../src/platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../src/platform/ids.ts';
import type { Secrets } from '../src/platform/secrets.ts';

/** Rows that a test starts from, written the shortest way. */
export interface FixtureWorld {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export interface ContactFixture {
  readonly phone: string;
  readonly firstName?: string | null;
  readonly state?: string | null;
  readonly city?: string | null;
  readonly tags?: readonly string[];
}

/** `+16175550100`, `+16175550101`, ...: numbers of one area code that belong to nobody. */
export const testPhones = (count: number, areaCode = '617'): readonly string[] =>
  Array.from({ length: count }, (_, index) => `+1${areaCode}55${String(50_000 + index).slice(-5)}`);

export async function insertContacts(
  db: Db,
  world: FixtureWorld,
  contacts: readonly ContactFixture[],
): Promise<readonly Uuid[]> {
  const rows = contacts.map((contact) => ({
    id: world.newUuid(),
    phone: contact.phone,
    first_name: contact.firstName ?? null,
    state: contact.state ?? null,
    city: contact.city ?? null,
    tags: contact.tags ?? [],
    zone_group: zoneGroupKey(plausibleZones({ phone: storedE164(contact.phone), state: contact.state ?? null })),
  }));
  await sql`
    insert into contact (id, phone, first_name, state, city, tags, zone_group, source, created_at, updated_at)
    select id, phone, first_name, state, city, array(select jsonb_array_elements_text(tags)), zone_group, 'test', ${world.clock.now()}, ${world.clock.now()}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as x (id uuid, phone text, first_name text, state text, city text, tags jsonb, zone_group text)`.execute(db);
  return rows.map((row) => row.id);
}

export interface AccountFixture {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly webhookSecret?: string;
  readonly ratePerSecond?: number;
  readonly lanes: readonly {
    readonly gatewayRef: string;
    readonly phone: string;
    readonly dailyCap?: number;
    readonly zone?: string;
  }[];
}

export async function insertAccount(
  db: Db,
  world: FixtureWorld & { readonly secrets: Secrets },
  account: AccountFixture,
): Promise<{ readonly id: Uuid; readonly laneIds: readonly Uuid[] }> {
  const id = world.newUuid();
  const now = world.clock.now();
  const webhookSecrets = account.webhookSecret === undefined ? [] : [world.secrets.seal(account.webhookSecret)];
  await sql`
    insert into gateway_account (id, kind, name, base_url, environment, api_key_sealed, webhook_secrets_sealed, rate_per_second, state, created_at, updated_at)
    values (${id}, 'quo', 'Test', ${account.baseUrl}, 'sandbox', ${world.secrets.seal(account.apiKey)}, ${webhookSecrets},
      ${account.ratePerSecond ?? 8}, 'active', ${now}, ${now})`.execute(db);
  const laneIds: Uuid[] = [];
  for (const lane of account.lanes) {
    const laneId = world.newUuid();
    laneIds.push(laneId);
    await sql`
      insert into lane (id, account_id, gateway_ref, phone, name, zone, daily_cap, state, created_at, updated_at)
      values (${laneId}, ${id}, ${lane.gatewayRef}, ${lane.phone}, ${lane.gatewayRef}, ${lane.zone ?? 'America/New_York'},
        ${lane.dailyCap ?? 125}, 'active', ${now}, ${now})`.execute(db);
  }
  return { id, laneIds };
}

/** A launched campaign; throws with the refusal when it cannot be launched. */
export const launchTestCampaign = (
  db: Db,
  world: FixtureWorld,
  input: Partial<NewDraft> & { readonly laneIds: readonly Uuid[] },
): Promise<Uuid> => runTx(db, (tx) => launchCampaignIn(tx, world, input));

/** Worlds of tests send short texts: who launches them answers for what they do not say. */
export const AS_IT_IS = { reason: 'Nobody real gets the texts of a test', by: 'Test' };

/** The same, as a part of a transaction. */
export async function launchCampaignIn(
  tx: Tx,
  world: FixtureWorld,
  input: Partial<NewDraft> & { readonly laneIds: readonly Uuid[] },
): Promise<Uuid> {
  const draft: NewDraft = {
    name: 'Test campaign',
    audience: { all: true },
    variants: [{ label: 'A', weight: 1, body: 'Hi {first_name|there}, shall we come by? Reply STOP to opt out.' }],
    priority: 5,
    consent: null,
    ...input,
  };
  const created = await createDraft(tx, world, { ...draft, createdBy: 'test' });
  if (!created.ok) throw refused(created.error.message);
  const { id, revision, name } = created.value;
  const launched = await launchCampaign(tx, world, {
    id,
    shownId: showId('campaign', id),
    revision,
    confirmName: name,
    acknowledgement: AS_IT_IS,
    actor: 'test',
  });
  if (!launched.ok) throw refused(launched.error.message);
  return id;
}

/** Told apart from a mistake by its name. */
const refused = (message: string): Error => Object.assign(new Error(message), { name: 'Refused' });

/** Enrollments of a campaign by state. */
export async function enrollmentStates(db: Db, campaignId: Uuid): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<{ state: string; n: number }>`
    select state, count(*) as n from enrollment where campaign_id = ${campaignId} group by 1`.execute(db);
  return Object.fromEntries(rows.map((row) => [row.state, row.n]));
}

/** As the set-up does. */
export const nameBusiness = (db: Db): Promise<unknown> =>
  sql`
    insert into setting (key, value, updated_at)
    values ('business', '{"version": 1, "name": "Acme", "zone": "America/New_York", "phone": null, "email": null}', now())`.execute(
    db,
  );

/** Everybody who is a contact by now and has said nothing about it agreed in writing to marketing texts, long ago. */
export async function everybodyAgrees(db: Db): Promise<void> {
  await sql`
    with words as (
      insert into consent_wording (digest, wording) values (encode(sha256('I agree.'), 'hex'), 'I agree.')
      on conflict do nothing
    ), agreed as (
      insert into consent_event (id, phone, seller, action, purpose, kind, source, documented, wording_digest, wording_version, evidence,
        actor, recorded_by, occurred_at, recorded_at)
      select gen_random_uuid(), c.phone, 'Test', 'grant', 'marketing', 'express_written', 'paper', true, encode(sha256('I agree.'), 'hex'), 'v1',
        '{"document": "the drawer"}', 'test', 'Test', '2026-01-01Z', '2026-01-01Z' from contact c
      where not exists (select 1 from consent k where k.phone = c.phone and k.purpose = 'marketing')
      returning id, phone, kind, occurred_at
    )
    insert into consent (phone, purpose, state, since, consent_event_id, kind, valid_from)
    select phone, 'marketing', 'written', occurred_at, id, kind, occurred_at from agreed`.execute(db);
}
