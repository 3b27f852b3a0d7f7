import { type RawBuilder, sql } from 'kysely';
import type { AudienceRule } from '../audiences/audience.ts';
import type { ConsentKind } from '../compliance/consent.ts';
import type { ConsentPolicy } from '../compliance/consent-policy.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import {
  addTotals,
  type Campaign,
  type CampaignState,
  type ConsentWaiver,
  NO_TOTALS,
  type Totals,
  type VariantRow,
} from './campaign.ts';
import type { PointlessAction, SendingOptions } from './sending-options.ts';

const LOWEST_UUID: Uuid = '00000000-0000-0000-0000-000000000000';

interface StoredCampaign extends Omit<Campaign, 'totals' | 'totalsByVariant' | 'pace' | 'pointless' | 'consent'> {
  readonly consentPolicy: ConsentPolicy['policy'] | null;
  readonly consentKinds: readonly ConsentKind[] | null;
  readonly maxPerHour: number | null;
  readonly maxPerDay: number | null;
  readonly finishBy: Instant | null;
  readonly pointlessAfter: Instant | null;
  readonly pointlessHours: number | null;
  readonly pointlessAction: PointlessAction | null;
  readonly totalRows: readonly (Totals & { readonly variantId: Uuid })[];
}

const selectCampaigns = (where: RawBuilder<unknown>): RawBuilder<StoredCampaign> => sql<StoredCampaign>`
  select c.id, c.name, c.state, c.state_reason, c.audience, c.consent_policy, c.consent_kinds, c.consent_waiver, c.priority, c.window_start_minute, c.window_end_minute,
    c.max_per_hour, c.max_per_day, c.finish_by, c.pointless_after, c.pointless_hours, c.pointless_action, c.pointless_asked, c.revision,
    c.created_by, c.created_at, c.launched_at, c.finished_at,
    coalesce((select jsonb_agg(jsonb_build_object('id', v.id, 'label', v.label, 'weight', v.weight, 'body', v.body) order by v.position)
      from campaign_variant v where v.campaign_id = c.id), '[]') as variants,
    coalesce((select array_agg(l.lane_id order by l.lane_id) from campaign_lane l
      where l.campaign_id = c.id and l.removed_at is null), '{}') as lane_ids,
    coalesce((select jsonb_agg(jsonb_build_object('variantId', t.variant_id, 'pending', t.pending, 'handingOver', t.handing_over,
        'unknown', t.unknown, 'sent', t.sent, 'delivered', t.delivered, 'failed', t.failed, 'skipped', t.skipped,
        'replied', t.replied, 'optedOut', t.opted_out, 'parts', t.parts, 'accepted', t.accepted))
      from campaign_totals t where t.campaign_id = c.id), '[]') as total_rows
  from campaign c ${where}`;

function toCampaign(stored: StoredCampaign): Campaign {
  const { totalRows, maxPerHour, maxPerDay, finishBy, pointlessAfter, pointlessHours, pointlessAction, ...rest } =
    stored;
  const { consentPolicy, consentKinds, ...row } = rest;
  const totalsByVariant = new Map(totalRows.map(({ variantId, ...totals }) => [variantId, totals]));
  return {
    ...row,
    consent: consentOf(consentPolicy, consentKinds),
    pace: { maxPerHour, maxPerDay, finishBy },
    pointless:
      pointlessAction === null
        ? null
        : { after: pointlessAfter, hoursAfterWindow: pointlessHours, action: pointlessAction },
    totalsByVariant,
    totals: [...totalsByVariant.values()].reduce(addTotals, NO_TOTALS),
  };
}

function consentOf(policy: ConsentPolicy['policy'] | null, kinds: readonly ConsentKind[] | null): ConsentPolicy | null {
  if (policy === null) return null;
  return policy === 'custom' ? { policy, kinds: kinds ?? [] } : { policy, kinds: null };
}

export async function getCampaign(tx: Tx | Db, id: Uuid): Promise<Campaign | undefined> {
  const { rows } = await selectCampaigns(sql`where c.id = ${id}`).execute(tx);
  return rows[0] === undefined ? undefined : toCampaign(rows[0]);
}

/** The same, its row locked until the transaction ends: what is decided on it stays true. */
export async function lockCampaign(tx: Tx, id: Uuid): Promise<Campaign | undefined> {
  await sql`select 1 from campaign where id = ${id} for update`.execute(tx);
  return getCampaign(tx, id);
}

/** Newest first; index campaign_newest. */
export async function listCampaigns(
  db: Db,
  query: {
    readonly state: CampaignState | undefined;
    readonly search: string | undefined;
    readonly after: { readonly createdAt: string; readonly id: Uuid } | undefined;
    readonly limit: number;
  },
): Promise<readonly Campaign[]> {
  const conditions = [sql`true`];
  if (query.state !== undefined) conditions.push(sql`c.state = ${query.state}`);
  if (query.search !== undefined && query.search !== '')
    conditions.push(sql`position(lower(${query.search}) in lower(c.name)) > 0`);
  if (query.after !== undefined)
    conditions.push(sql`(c.created_at, c.id) < (${query.after.createdAt}::timestamptz, ${query.after.id}::uuid)`);
  const { rows } = await selectCampaigns(
    sql`where ${sql.join(conditions, sql` and `)} order by c.created_at desc, c.id desc limit ${query.limit}`,
  ).execute(db);
  return rows.map(toCampaign);
}

export interface DraftInput extends SendingOptions {
  readonly name: string;
  readonly audience: AudienceRule | null;
  /** Null: asks for none, as campaigns from before there were policies. */
  readonly consent: ConsentPolicy | null;
  readonly variants: readonly Omit<VariantRow, 'id'>[];
  readonly laneIds: readonly Uuid[];
}

export async function insertDraft(
  tx: Tx,
  draft: DraftInput & { readonly id: Uuid; readonly now: Instant; readonly createdBy: string },
): Promise<void> {
  await sql`
    insert into campaign (id, name, state, audience, consent_policy, consent_kinds, created_by, created_at, updated_at)
    values (${draft.id}, ${draft.name}, 'draft', ${JSON.stringify(draft.audience)}, ${draft.consent?.policy ?? null},
      ${kindsOf(draft)}::text[], ${draft.createdBy}, ${draft.now}, ${draft.now})`.execute(tx);
}

const kindsOf = ({ consent }: Pick<DraftInput, 'consent'>): readonly ConsentKind[] | null =>
  consent?.kinds == null ? null : [...new Set(consent.kinds)];

/** Before its texts are replaced. With another policy, other people or other words an owner's word has no meaning any more. */
export async function updateDraftRow(tx: Tx, id: Uuid, draft: DraftInput, now: Instant): Promise<void> {
  await sql`
    update campaign set name = ${draft.name}, audience = ${JSON.stringify(draft.audience)}, consent_policy = ${draft.consent?.policy ?? null},
      consent_kinds = ${kindsOf(draft)}::text[], consent_waiver = case when ${waivedFor(id, draft)} then consent_waiver end,
      updated_at = ${now}, revision = revision + 1
    where id = ${id}`.execute(tx);
}

/** Over `campaign`, as it is before an edit: it stays what an owner gave a word about. */
const waivedFor = (id: Uuid, draft: DraftInput): RawBuilder<boolean> => sql<boolean>`(
  (consent_policy, consent_kinds) is not distinct from (${draft.consent?.policy ?? null}::text, ${kindsOf(draft)}::text[])
  and audience = ${JSON.stringify(draft.audience)}::jsonb
  and array(select v.body from campaign_variant v where v.campaign_id = ${id} order by v.position)
    = ${draft.variants.map(({ body }) => body)}::text[])`;

/** An owner's word about the people of a draft, or that it is taken back. */
export async function writeConsentWaiver(tx: Tx, id: Uuid, waiver: ConsentWaiver | null, now: Instant): Promise<void> {
  await sql`
    update campaign set consent_waiver = ${waiver === null ? null : JSON.stringify(waiver)}, updated_at = ${now}, revision = revision + 1
    where id = ${id}`.execute(tx);
}

export async function writeSending(tx: Tx, id: Uuid, options: SendingOptions): Promise<void> {
  const { pace, pointless } = options;
  await sql`
    update campaign set priority = ${options.priority}, window_start_minute = ${options.windowStartMinute},
      window_end_minute = ${options.windowEndMinute}, max_per_hour = ${pace.maxPerHour}, max_per_day = ${pace.maxPerDay},
      finish_by = ${pace.finishBy}, pointless_after = ${pointless?.after ?? null},
      pointless_hours = ${pointless?.hoursAfterWindow ?? null}, pointless_action = ${pointless?.action ?? null}
    where id = ${id}`.execute(tx);
}

/** A change of a launched campaign: whoever read it before must read it again. */
export async function nextRevision(tx: Tx, id: Uuid, now: Instant): Promise<void> {
  await sql`update campaign set revision = revision + 1, updated_at = ${now} where id = ${id}`.execute(tx);
}

export async function replaceVariants(tx: Tx, campaignId: Uuid, variants: readonly VariantRow[]): Promise<void> {
  await sql`delete from campaign_variant where campaign_id = ${campaignId}`.execute(tx);
  for (const [position, variant] of variants.entries())
    await sql`insert into campaign_variant (id, campaign_id, label, weight, body, position)
      values (${variant.id}, ${campaignId}, ${variant.label}, ${variant.weight}, ${variant.body}, ${position})`.execute(
      tx,
    );
}

export async function replaceLanes(tx: Tx, campaignId: Uuid, laneIds: readonly Uuid[]): Promise<void> {
  await sql`delete from campaign_lane where campaign_id = ${campaignId}`.execute(tx);
  await sql`insert into campaign_lane (campaign_id, lane_id) select ${campaignId}, lane_id from unnest(${laneIds}::uuid[]) as lane_id`.execute(
    tx,
  );
}

/** Numbers of a launched campaign: one that is taken out stays as a mark, so that the people who wait for it are found. */
export async function changeLanes(tx: Tx, campaignId: Uuid, laneIds: readonly Uuid[], now: Instant): Promise<void> {
  await sql`
    update campaign_lane set removed_at = case when lane_id = any(${laneIds}::uuid[]) then null else coalesce(removed_at, ${now}) end
    where campaign_id = ${campaignId}`.execute(tx);
  await sql`
    insert into campaign_lane (campaign_id, lane_id) select ${campaignId}, lane_id from unnest(${laneIds}::uuid[]) as lane_id
    on conflict do nothing`.execute(tx);
}

export async function deleteDraftRow(tx: Tx, id: Uuid): Promise<void> {
  await sql`delete from campaign where id = ${id} and state = 'draft'`.execute(tx);
}

export async function setCampaignState(
  tx: Tx,
  id: Uuid,
  change: {
    readonly state: CampaignState;
    readonly reason: string | null;
    readonly now: Instant;
    /** The engine paused it, and not a person: that is alerted. */
    readonly byEngine?: boolean;
  },
): Promise<void> {
  const finished = change.state === 'completed' || change.state === 'cancelled';
  await sql`
    update campaign set state = ${change.state}, state_reason = ${change.reason}, updated_at = ${change.now},
      paused_by_engine = ${change.byEngine === true && change.state === 'paused'},
      launched_at = coalesce(launched_at, ${change.now}), finished_at = ${finished ? change.now : null}
    where id = ${id}`.execute(tx);
}

/**
 * Who still waits is left out, with the text of an earlier attempt: at most `limit` people, in the order of their ids, behind `after`.
 * `lastId` is where to go on; undefined when nobody is left. Index enrollment_recipients; going on behind the last id spares a batch
 * the index entries that the ones before it have left.
 */
export async function skipPending(
  tx: Tx,
  batch: {
    readonly campaignId: Uuid;
    readonly reason: string;
    readonly after: Uuid | undefined;
    readonly limit: number;
  },
): Promise<{ readonly lastId: Uuid | undefined }> {
  const { rows } = await sql<{ people: number; lastId: Uuid }>`
    with waiting as materialized (
      select id from enrollment
      where campaign_id = ${batch.campaignId} and state = 'pending' and id > ${batch.after ?? LOWEST_UUID}::uuid
      order by id limit ${batch.limit} for no key update
    ), ended as (
      update enrollment e set state = 'skipped', skip_reason = ${batch.reason} from waiting w where e.id = w.id
    ), texts as (
      update message m set state = 'cancelled', failure_code = ${batch.reason}
      from waiting w where m.enrollment_id = w.id and m.state = 'pending'
    )
    select id as last_id, count(*) over () as people from waiting order by id desc limit 1`.execute(tx);
  const [last] = rows;
  return { lastId: last !== undefined && last.people === batch.limit ? last.lastId : undefined };
}

/** Whether a person may join it is decided on this row: kept as it is until the transaction ends, without stopping the engine. */
export async function holdCampaign(tx: Tx, id: Uuid): Promise<Campaign | undefined> {
  await sql`select 1 from campaign where id = ${id} for share`.execute(tx);
  return getCampaign(tx, id);
}

/**
 * Closes running campaigns in which nothing is open any more; returns their ids. Locked first and asked again then: people who are
 * just being added (campaigns/add-people.ts) are wholly before, or find it completed.
 */
export async function completeFinished(tx: Tx, now: Instant): Promise<readonly Uuid[]> {
  // campaign_totals answers without touching enrollments.
  const nothingOpen = sql`id in (
    select t.campaign_id from campaign_totals t join campaign r on r.id = t.campaign_id and r.state = 'running'
    group by t.campaign_id having sum(t.pending + t.handing_over + t.unknown) = 0)`;
  const { rows: done } = await sql<{ id: Uuid }>`
    select id from campaign where state = 'running' and ${nothingOpen} order by id for no key update skip locked`.execute(
    tx,
  );
  if (done.length === 0) return [];
  const { rows } = await sql<{ id: Uuid }>`
    update campaign set state = 'completed', state_reason = null, finished_at = ${now}, updated_at = ${now}
    where id = any(${done.map((row) => row.id)}::uuid[]) and ${nothingOpen}
    returning id`.execute(tx);
  return rows.map((row) => row.id);
}
