/**
 * Events that can never be applied are discarded by a person, with a reason: they rest where they are, are seen as discarded, and wait
 * for nobody any more, so that the alert about them ends and the next failure is told. A replay that asks for them brings them back.
 */
import { recordAudit } from '../compliance/audit-store.ts';
import type { Db, Tx } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Services } from '../services.ts';
import { anyFailed, discardFailed } from './discard-store.ts';
import type { EventSelection } from './event-filter.ts';
import { endOfWalk, listEventRows } from './event-read-store.ts';
import { EVENTS_TOPIC } from './event-store.ts';
import { COUNTED_MAX, type ReplayPreview, SAMPLE } from './replay-events.ts';
import { countEvents } from './replay-store.ts';

/** What would be discarded, and nothing done. */
export type DiscardPreview = Omit<ReplayPreview, 'leftAlone'>;

/** The dry run. */
export async function previewDiscard(db: Db | Tx, asked: EventSelection): Promise<DiscardPreview> {
  const selection = failedOf(asked);
  if (selection === undefined) return { total: 0, totalIsLeast: false, counts: [], sample: [] };
  const counts = await countEvents(db, selection, { walkMax: COUNTED_MAX });
  const failed = counts.filter(({ state }) => state === 'failed');
  const sample = await listEventRows(db, selection, { limit: SAMPLE, walkMax: COUNTED_MAX });
  return {
    total: failed.reduce((total, { count }) => total + count, 0),
    totalIsLeast: (await endOfWalk(db, selection, { walkMax: COUNTED_MAX + 1 })) !== undefined,
    counts: failed,
    sample: sample.filter(({ state }) => state === 'failed'),
  };
}

/** Nothing rests as failed among those of another state. */
function failedOf(selection: EventSelection): EventSelection | undefined {
  if (selection.kind === 'events') return selection;
  const { state = 'failed' } = selection.filter;
  return state === 'failed' ? { kind: 'filter', filter: { ...selection.filter, state } } : undefined;
}

/** In one transaction. */
const DISCARDED_MAX = 10_000;

export interface Discarded {
  readonly discarded: number;
  /** More match than are discarded at once: ask again. */
  readonly more: boolean;
}

export interface DiscardOrder {
  readonly selection: EventSelection;
  readonly reason: string;
  readonly by: { readonly actor: string; readonly name: string };
}

/** Discards those that match and rest as failed, 10,000 at most, in `tx`. */
export async function discardEvents(
  tx: Tx,
  { clock, newUuid }: Pick<Services, 'clock' | 'newUuid'>,
  { selection: asked, reason, by }: DiscardOrder,
): Promise<Outcome<Discarded>> {
  const selection = failedOf(asked);
  const now = clock.now();
  const order = { ...by, actorName: by.name, reason, now, limit: DISCARDED_MAX, walkMax: COUNTED_MAX };
  const discarded = selection === undefined ? 0 : await discardFailed(tx, selection, order);
  if (selection === undefined || discarded === 0) return NOTHING_TO_DISCARD;
  const [only, ...others] = asked.kind === 'events' ? asked.ids : [];
  await recordAudit(tx, {
    id: newUuid(),
    at: now,
    actor: by.actor,
    action: 'events.discarded',
    subject: only !== undefined && others.length === 0 ? showId('event', only) : 'events',
    detail: { selection: asked, discarded, reason },
  });
  await notifyLive(tx, [EVENTS_TOPIC, 'status']);
  return ok({ discarded, more: discarded === DISCARDED_MAX && (await anyFailed(tx, selection, COUNTED_MAX)) });
}

const NOTHING_TO_DISCARD = conflict(
  'there is nothing to discard: no event that rests as failed matches. Events that wait, are being tried again or were applied are left alone',
  { state: 'empty', allowed: [] },
);
