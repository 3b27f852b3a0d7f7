import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { Outcome, Refusal } from '../platform/refusal.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';
import { getStoredAnswer, type IdempotencyKey, insertAnswer, tryLockKey, unlockKey } from './idempotency-store.ts';
import { type ProblemInput, problemOf } from './problem.ts';

export const IDEMPOTENCY_KEPT_DAYS = 7;
const KEY_FORM = /^[\x21-\x7e]{1,255}$/;

export interface IntendedEffect<P, T> {
  readonly id: IdempotencyKey;
  readonly route: string;
  readonly requestDigest: string;
  readonly status: number;
  readonly now: Instant;
  /** Runs outside of any transaction: network calls go here. */
  readonly prepare: () => Promise<Outcome<P>>;
  /** Writes nothing outside of `tx`; a refusal rolls back what it wrote. */
  readonly effect: (tx: Tx, prepared: P) => Promise<Outcome<T>>;
}

export function readIdempotencyKey(headers: Headers): Result<string, ProblemInput> {
  const key = headers.get('idempotency-key');
  if (key === null)
    return err({
      kind: 'idempotency_key_missing',
      detail: 'this request creates or sends something: give it an Idempotency-Key header (a new UUID for each intent)',
    });
  if (KEY_FORM.test(key)) return ok(key);
  return err({
    kind: 'malformed',
    detail: 'Idempotency-Key: expected 1 to 255 visible ASCII characters without spaces; take a UUID',
  });
}

/**
 * Performs the effect once per (actor, key): the answer is stored in the transaction of the effect and given again to the same
 * request. Refusals are not stored: nothing happened, so asking again may succeed. An advisory lock of the connection keeps a
 * second request with the key out meanwhile, and goes with the connection when the process dies.
 */
export async function performOnce<P, T>(
  db: Db,
  intent: IntendedEffect<P, T>,
): Promise<Result<{ readonly status: number; readonly response: unknown }, ProblemInput>> {
  return db.connection().execute(async (connection) => {
    if (!(await tryLockKey(connection, intent.id))) return err(stillRunning);
    try {
      const stored = await getStoredAnswer(connection, intent.id);
      if (stored !== undefined) return stored.requestDigest === intent.requestDigest ? ok(stored) : err(reused);
      const prepared = await intent.prepare();
      if (!prepared.ok) return err(problemOf(prepared.error));
      const outcome = await runAndStore(connection, intent, prepared.value);
      return outcome.ok ? ok({ status: intent.status, response: outcome.value }) : err(problemOf(outcome.error));
    } finally {
      await unlockKey(connection, intent.id);
    }
  });
}

const stillRunning: ProblemInput = {
  kind: 'still_running',
  detail: 'a request with this Idempotency-Key is still being worked on; ask again in a moment with the same key',
};
const reused: ProblemInput = {
  kind: 'idempotency_key_reused',
  detail: 'this Idempotency-Key was used for a request with other content; take a new key for a new intent',
};

class RefusedInTransaction extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

async function runAndStore<P, T>(db: Db, intent: IntendedEffect<P, T>, prepared: P): Promise<Outcome<T>> {
  const { id, route, requestDigest, status, now } = intent;
  try {
    return await runTx(db, async (tx) => {
      const outcome = await intent.effect(tx, prepared);
      if (!outcome.ok) throw new RefusedInTransaction(outcome.error);
      const outdated = addMs(now, -IDEMPOTENCY_KEPT_DAYS * DAY_MS);
      await insertAnswer(tx, { ...id, route, requestDigest, status, response: outcome.value, now, outdated });
      return outcome;
    });
  } catch (error) {
    if (error instanceof RefusedInTransaction) return err(error.refusal);
    throw error;
  }
}
