import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
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
} from './campaign-store.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export async function createDraft(
  tx: Tx,
  deps: Deps,
  input: DraftInput & { readonly createdBy: string },
): Promise<Outcome<Campaign>> {
  const id = deps.newUuid();
  await insertDraft(tx, { ...input, id, now: deps.clock.now() });
  await writeParts(tx, deps, id, input);
  await tellOthers(tx, id);
  return reread(tx, id);
}

/** A draft is saved as it is typed: anything may be missing or wrong until launch. */
export async function updateDraft(
  tx: Tx,
  deps: Deps,
  input: {
    readonly id: Uuid;
    readonly shownId: string;
    readonly revision: number;
    readonly change: Partial<DraftInput>;
  },
): Promise<Outcome<Campaign>> {
  const campaign = await lockCampaign(tx, input.id);
  if (campaign === undefined) return notFound('campaign', input.shownId);
  if (campaign.state !== 'draft') return notInThisState(campaign, 'edited');
  if (campaign.revision !== input.revision) return staleRevision(campaign, input.revision);
  const draft: DraftInput = { ...campaign, ...input.change };
  await updateDraftRow(tx, campaign.id, draft, deps.clock.now());
  await writeParts(tx, deps, campaign.id, draft);
  await tellOthers(tx, campaign.id);
  return reread(tx, campaign.id);
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

async function writeParts(tx: Tx, deps: Deps, id: Uuid, draft: DraftInput): Promise<void> {
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
