import { type Clock, patience } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import { addMs, type Instant, MINUTE_MS } from '../platform/time.ts';
import { type AuditContent, CHAIN_BEGIN, type ChainBreak, type ChainHead, findBreak } from './audit-chain.ts';
import { countUnsealed, findStray, listSealed, readHead, type Unsealed } from './seal-store.ts';

export type AuditBreak =
  | ChainBreak
  /** The chain once had another hash here, or was longer. */
  | { readonly kind: 'not_as_noted'; readonly seq: number; readonly hash: string | null }
  | { readonly kind: 'never_sealed'; readonly count: number; readonly entry: AuditContent };

export interface AuditVerdict extends Unsealed {
  /** `behind`: nothing contradicts, but entries have waited for their seal for more than a minute. */
  readonly state: 'whole' | 'behind' | 'broken';
  /** Entries whose seal was recomputed. */
  readonly checked: number;
  /** The last one that fits; to be noted elsewhere. */
  readonly head: ChainHead;
  /** The first thing that does not fit. */
  readonly broken: AuditBreak | null;
}

export interface VerifyOptions {
  /** A head that was noted before. */
  readonly expect?: ChainHead | undefined;
  /** Told after each page. */
  readonly progress?: (checked: number) => void;
  readonly signal?: AbortSignal;
}

interface Services {
  readonly db: Db;
  readonly clock: Clock;
}

const PAGE = 5_000;
/** A sequencer that is at work needs a second. */
const OVERDUE_AFTER_MS = MINUTE_MS;

export const overdueBefore = (clock: Clock): Instant => addMs(clock.now(), -patience(clock, OVERDUE_AFTER_MS));

/** Recomputes every seal from the entries. Entries that are written meanwhile do not disturb it. */
export async function verifyAudit(services: Services, options: VerifyOptions = {}): Promise<AuditVerdict> {
  const { db, clock } = services;
  const { head, broken } = await walkChain(db, options);
  const unsealed = await countUnsealed(db, overdueBefore(clock));
  const first = broken ?? (await strays(db));
  const state = first !== null ? 'broken' : unsealed.overdue > 0 ? 'behind' : 'whole';
  return { state, checked: head.seq, head, broken: first, ...unsealed };
}

/** From the first seal to the newest that there is when it begins, or to the first break. */
async function walkChain(
  db: Db,
  { expect, progress, signal }: VerifyOptions,
): Promise<{ readonly head: ChainHead; readonly broken: AuditBreak | null }> {
  const until = (await readHead(db)).seq;
  let head: ChainHead = CHAIN_BEGIN;
  while (head.seq < until) {
    signal?.throwIfAborted();
    const page = await listSealed(db, { after: head.seq, limit: PAGE });
    // Somebody takes seals away while they are read.
    if (page.length === 0) return { head, broken: { kind: 'seal_missing', seq: head.seq + 1 } };
    for (const sealed of page) {
      const broken = findBreak(head, sealed);
      if (broken !== undefined) return { head, broken };
      const { seq, hash } = sealed.seal;
      if (expect?.seq === seq && expect.hash !== hash) return { head, broken: { kind: 'not_as_noted', seq, hash } };
      head = { seq, hash };
    }
    progress?.(head.seq);
  }
  const isShort = expect !== undefined && expect.seq > head.seq;
  return { head, broken: isShort ? { kind: 'not_as_noted', seq: expect.seq, hash: null } : null };
}

/** Longer than a statement may take elsewhere: it reads the log once more. */
async function strays(db: Db): Promise<AuditBreak | null> {
  const stray = await runTx(db, findStray, { timeoutMs: 0 });
  return stray === undefined ? null : { kind: 'never_sealed', count: stray.count, entry: stray.first };
}
