import { type AudienceRule, audienceSentence, audienceSql, isChosen } from '../audiences/audience.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import { dncRulesAt } from '../compliance/dnc-rules.ts';
import { AREA_CODES_OUTSIDE_US, TOLL_FREE_AREA_CODES } from '../contacts/area-codes.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import type { Jobs } from '../platform/jobs.ts';
import { conflict, invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { addMs, DAY_MS } from '../platform/time.ts';
import { beginVersions } from './fill-lists.ts';
import {
  cancelOpenScrub,
  completeScrubBatch,
  getScrubBatch,
  insertScrubBatch,
  insertScrubItems,
  type ScrubBatch,
} from './scrub-batch-store.ts';
import { getScrubSettings } from './scrub-settings.ts';

/** Takes a batch up at once; without it the next minute does. */
export const SCRUB_QUEUE = 'scrub-numbers';

export interface ScrubDeps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  /** Absent where no job may be enqueued. */
  readonly jobs?: Pick<Jobs, 'enqueue'>;
}

/** Of one batch; whoever is beyond is in the next one, since those never asked about come first. */
const NUMBERS_MAX = 1_000_000;

/**
 * Asks the service about everybody of an audience of whom it said nothing in the last days; as many as a list may be old before it warns, so
 * that nobody's answer becomes too old between two batches.
 */
export async function startScrub(
  tx: Tx,
  { clock, newUuid, jobs }: ScrubDeps,
  { audience, by }: { readonly audience: AudienceRule; readonly by: { readonly actor: string; readonly name: string } },
): Promise<Outcome<ScrubBatch>> {
  if (!isChosen(audience)) return invalid('nobody is chosen: give a tag, a state or a city, or choose every contact');
  const { service } = await getScrubSettings(tx);
  if (service === null) return conflict('no service is chosen: an owner chooses one and enters its key');
  const now = clock.now();
  const id = newUuid();
  const chosen = audienceSentence(audience);
  if (!(await insertScrubBatch(tx, { id, chosen, startedBy: by.name, createdAt: now })))
    return conflict('numbers are being asked about already: wait until that is over, or cancel it', {
      state: 'open',
      allowed: ['cancel'],
    });
  const total = await insertScrubItems(tx, {
    batchId: id,
    service,
    audience: audienceSql(audience, now),
    freshAfter: addMs(now, -dncRulesAt(now).warnAgeDays * DAY_MS),
    outsideUs: [...AREA_CODES_OUTSIDE_US, ...TOLL_FREE_AREA_CODES],
    limit: NUMBERS_MAX,
  });
  await beginVersions(tx, { service, chosen, startedBy: by.name, now, newUuid });
  if (total === 0) await completeScrubBatch(tx, id, now);
  const subject = showId('scrub', id);
  const detail = { service, chosen, numbers: total };
  await recordAudit(tx, { id: newUuid(), at: now, actor: by.actor, action: 'scrubbing.started', subject, detail });
  await jobs?.enqueue(tx, SCRUB_QUEUE, [{ data: { batchId: id } }]);
  return readScrub(tx, id);
}

export async function readScrub(tx: Tx, id: Uuid): Promise<Outcome<ScrubBatch>> {
  const batch = await getScrubBatch(tx, id);
  return batch === undefined ? notFound('batch', showId('scrub', id)) : ok(batch);
}

/** What was answered until then counts. */
export async function cancelScrub(
  tx: Tx,
  { clock, newUuid }: Pick<ScrubDeps, 'clock' | 'newUuid'>,
  { id, actor }: { readonly id: Uuid; readonly actor: string },
): Promise<Outcome<ScrubBatch>> {
  const now = clock.now();
  const cancelled = await cancelOpenScrub(tx, id, now);
  const batch = await readScrub(tx, id);
  if (!batch.ok) return batch;
  const subject = showId('scrub', id);
  if (!cancelled)
    return conflict(`batch ${subject} is ${batch.value.state}`, { state: batch.value.state, allowed: [] });
  await recordAudit(tx, {
    id: newUuid(),
    at: now,
    actor,
    action: 'scrubbing.cancelled',
    subject,
    detail: batch.value.counts,
  });
  return batch;
}
