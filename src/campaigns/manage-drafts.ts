import { sql } from 'kysely';
import { recordAudit } from '../compliance/audit-store.ts';
import { getDefaultConsent } from '../compliance/default-consent-store.ts';
import { listLaneRows } from '../gateways/account-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { addMs, MINUTE_MS } from '../platform/time.ts';
import type { PaceLimits } from '../sending/decide-pace.ts';
import { type Campaign, notInThisState } from './campaign.ts';
import {
  type DraftInput,
  deleteDraftRow,
  getCampaign,
  insertDraft,
  lockCampaign,
  replaceLanes,
  replaceVariants,
  updateDraftRow,
  writeSending,
} from './campaign-store.ts';
import { DEFAULT_SENDING, type SendingOptions } from './sending-options.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** How it sends and which consent it asks for may be left to the defaults. */
export type NewDraft = Omit<DraftInput, keyof SendingOptions | 'consent'> &
  Partial<SendingOptions & Pick<DraftInput, 'consent'>>;

export async function createDraft(
  tx: Tx,
  deps: Deps,
  input: NewDraft & { readonly createdBy: string },
): Promise<Outcome<Campaign>> {
  const consent = input.consent === undefined ? await getDefaultConsent(tx) : input.consent;
  const draft = { ...DEFAULT_SENDING, ...input, consent };
  const known = await requireLanes(tx, draft.laneIds);
  if (!known.ok) return known;
  const id = deps.newUuid();
  await insertDraft(tx, { ...draft, id, now: deps.clock.now() });
  await writeParts(tx, deps, id, draft);
  await tellOthers(tx, id);
  return reread(tx, id);
}

/** Fields that are left out stay as they are, also within the pace. */
export type CampaignChange = Partial<Omit<DraftInput, 'pace'>> & { readonly pace?: Partial<PaceLimits> };

export const changedBy = (campaign: Campaign, change: CampaignChange): DraftInput => ({
  ...campaign,
  ...change,
  laneIds: [...new Set(change.laneIds ?? campaign.laneIds)],
  pace: { ...campaign.pace, ...change.pace },
});

interface Edit {
  readonly id: Uuid;
  readonly change: CampaignChange;
  readonly actor: string;
}

/** A draft is saved as it is typed: anything may be missing or wrong until launch. */
export async function updateDraft(
  tx: Tx,
  deps: Deps,
  input: Edit & { readonly shownId: string; readonly revision: number },
): Promise<Outcome<Campaign>> {
  const campaign = await lockCampaign(tx, input.id);
  if (campaign === undefined) return notFound('campaign', input.shownId);
  if (campaign.state !== 'draft') return notInThisState(campaign, 'edited');
  if (campaign.revision !== input.revision) return staleRevision(campaign, input.revision);
  const known = await requireLanes(tx, input.change.laneIds ?? []);
  if (!known.ok) return known;
  const draft = changedBy(campaign, input.change);
  await updateDraftRow(tx, campaign.id, draft, deps.clock.now());
  await writeParts(tx, deps, campaign.id, draft);
  await auditEdit(tx, deps, input);
  await tellOthers(tx, campaign.id);
  const edited = await reread(tx, campaign.id);
  if (campaign.consentWaiver !== null && edited.ok && edited.value.consentWaiver === null)
    await auditLostWord(tx, deps, input, draft.name);
  return edited;
}

/** Whoever edits it into another one takes the owner's word about it back. */
async function auditLostWord(
  tx: Tx,
  { clock, newUuid }: Deps,
  { id, change, actor }: Edit,
  name: string,
): Promise<void> {
  await recordAudit(tx, {
    id: newUuid(),
    at: clock.now(),
    actor,
    action: 'campaign.consent_waiver_withdrawn',
    subject: showId('campaign', id),
    detail: { name, fields: Object.keys(change).sort() },
  });
}

/** Within so long the next keystrokes of a member in the same fields are the same edit; the launch records what they wrote. */
const ONE_EDIT_MS = 10 * MINUTE_MS;

/** Index audit_entry_subject. */
async function auditEdit(tx: Tx, { clock, newUuid }: Deps, { id, change, actor }: Edit): Promise<void> {
  const at = clock.now();
  const action = 'campaign.draft_edited';
  const subject = showId('campaign', id);
  const detail = { fields: Object.keys(change).sort() };
  const { rows } = await sql`
    select from audit_entry where subject = ${subject} and at > ${addMs(at, -ONE_EDIT_MS)} and actor = ${actor}
      and action = ${action} and detail = ${JSON.stringify(detail)}::jsonb limit 1`.execute(tx);
  if (rows.length === 0) await recordAudit(tx, { id: newUuid(), at, actor, action, subject, detail });
}

export async function deleteDraft(
  tx: Tx,
  input: { readonly id: Uuid; readonly shownId: string },
): Promise<Outcome<undefined>> {
  const campaign = await lockCampaign(tx, input.id);
  if (campaign === undefined) return notFound('campaign', input.shownId);
  if (campaign.state !== 'draft') return notInThisState(campaign, 'deleted');
  await deleteDraftRow(tx, campaign.id);
  await tellOthers(tx, campaign.id);
  return ok(undefined);
}

export const staleRevision = (campaign: Campaign, revision: number) =>
  conflict(
    `campaign "${campaign.name}" was changed since it was read (revision ${revision}, now ${campaign.revision}): read it again, then repeat your change`,
    { state: campaign.state },
  );

/** A draft may be open on another screen, and the list on any. */
const tellOthers = (tx: Tx, id: Uuid): Promise<void> => notifyLive(tx, [`campaign:${id}`]);

/** Refuses a number that does not exist. */
export async function requireLanes(tx: Tx, laneIds: readonly Uuid[]): Promise<Outcome<undefined>> {
  const lanes = laneIds.length === 0 ? [] : await listLaneRows(tx);
  const unknown = laneIds.find((id) => lanes.every((lane) => lane.id !== id));
  if (unknown === undefined) return ok(undefined);
  const message = `lane ${showId('lane', unknown)} does not exist: choose among the numbers under Settings, Numbers (GET /v1/accounts)`;
  return invalid(message, { errors: [{ pointer: '/laneIds', message }] });
}

async function writeParts(tx: Tx, deps: Deps, id: Uuid, draft: DraftInput): Promise<void> {
  await writeSending(tx, id, draft);
  await replaceVariants(
    tx,
    id,
    draft.variants.map((variant) => ({ ...variant, id: deps.newUuid() })),
  );
  await replaceLanes(tx, id, [...new Set(draft.laneIds)]);
}

async function reread(tx: Tx, id: Uuid): Promise<Outcome<Campaign>> {
  const campaign = await getCampaign(tx, id);
  if (campaign === undefined) throw new Error(`campaign ${id} vanished inside its own transaction`);
  return ok(campaign);
}
