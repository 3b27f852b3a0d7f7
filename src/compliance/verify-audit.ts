import { type Clock, patience } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import { addMs, type Instant, MINUTE_MS } from '../platform/time.ts';
import {
  type AuditContent,
  CHAIN_BEGIN,
  type ChainBreak,
  type ChainHead,
  ERASED,
  erasedBy,
  findBreak,
} from './audit-chain.ts';
import { type DatabaseRole, readDatabaseRole } from './audit-guard.ts';
import { countUnsealed, findStray, listErasures, listSealed, readHead, type Unsealed } from './seal-store.ts';

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
  /** Of those, entries about people who were erased: the erasure is in the chain, their content is gone. */
  readonly erased: number;
  /** The last one that fits; to be noted elsewhere. */
  readonly head: ChainHead;
  /** The first thing that does not fit. */
  readonly broken: AuditBreak | null;
  readonly databaseRole: DatabaseRole;
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
  // Before the walk: what is sealed in between is counted twice, and never left out of both.
  const unsealed = await countUnsealed(db, overdueBefore(clock));
  const { head, broken, erased } = await walkChain(db, options);
  const first = broken ?? (await strays(db));
  const state = first !== null ? 'broken' : unsealed.overdue > 0 ? 'behind' : 'whole';
  const databaseRole = await readDatabaseRole(db);
  return { state, checked: head.seq, erased, head, broken: first, databaseRole, ...unsealed };
}

interface Walked {
  readonly head: ChainHead;
  readonly broken: AuditBreak | null;
  readonly erased: number;
}

/** From the first seal to the newest that there is when it begins, or to the first break. */
async function walkChain(db: Db, { expect, progress, signal }: VerifyOptions): Promise<Walked> {
  const until = (await readHead(db)).seq;
  const erasures = new ErasuresNamed();
  let head: ChainHead = CHAIN_BEGIN;
  const stopped = (broken: AuditBreak | null): Walked => ({ head, broken, erased: erasures.count });
  while (head.seq < until) {
    signal?.throwIfAborted();
    const page = await listSealed(db, { after: head.seq, limit: PAGE });
    // Somebody takes seals away while they are read.
    if (page.length === 0) return stopped({ kind: 'seal_missing', seq: head.seq + 1 });
    for (const sealed of page) {
      const broken = findBreak(head, sealed);
      if (broken !== undefined) return stopped(broken);
      const { seq, hash } = sealed.seal;
      if (expect?.seq === seq && expect.hash !== hash) return stopped({ kind: 'not_as_noted', seq, hash });
      if (sealed.entry !== null) erasures.note(seq, sealed.entry);
      head = { seq, hash };
    }
    progress?.(head.seq);
  }
  const isShort = expect !== undefined && expect.seq > head.seq;
  return stopped(isShort ? { kind: 'not_as_noted', seq: expect.seq, hash: null } : await erasures.firstUnfounded(db));
}

/** What erased entries rest on: an erasure of the same number, whose own entry fits the chain or is behind what was read of it. */
class ErasuresNamed {
  count = 0;
  readonly #claims = new Map<string, { readonly seq: number; readonly entry: AuditContent }>();

  note(seq: number, entry: AuditContent): void {
    const id = erasedBy(entry);
    if (id === undefined) return;
    this.count += 1;
    const claim = `${id} ${entry.phone ?? ''}`;
    if (!this.#claims.has(claim)) this.#claims.set(claim, { seq, entry });
  }

  async firstUnfounded(db: Db): Promise<AuditBreak | null> {
    const claims = [...this.#claims.values()].toSorted((one, other) => one.seq - other.seq);
    const ids = claims.flatMap(({ entry }) => erasedBy(entry) ?? []);
    const erasures = new Map((await listErasures(db, ids, ERASED)).map(({ id, phone }) => [id, phone]));
    const unfounded = claims.find(({ entry }) => {
      const phone = erasures.get(erasedBy(entry) ?? '');
      return phone === undefined || (entry.phone !== null && entry.phone !== phone);
    });
    return unfounded === undefined ? null : { kind: 'entry_changed', ...unfounded };
  }
}

/** Longer than a statement may take elsewhere: it reads the log once more. */
async function strays(db: Db): Promise<AuditBreak | null> {
  const stray = await runTx(db, findStray, { timeoutMs: 0 });
  return stray === undefined ? null : { kind: 'never_sealed', count: stray.count, entry: stray.first };
}
