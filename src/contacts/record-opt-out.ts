import { sql } from 'kysely';
import { type SuppressionReason, suppressNumber } from '../compliance/suppress.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { type Instant, isBefore } from '../platform/time.ts';

export interface RecordedOptOut {
  readonly already: boolean;
  readonly since: Instant;
}

/** Another system tells that the person with this number asked not to be texted; it may be no contact. */
export async function recordOptOut(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: {
    readonly phone: string;
    readonly reason: Extract<SuppressionReason, 'opt_out' | 'wrong_number'>;
    readonly note: string;
    readonly saidAt: Instant | undefined;
    readonly by: { readonly actor: string; readonly name: string };
  },
): Promise<Outcome<RecordedOptOut>> {
  const { phone, reason, note, by } = input;
  const now = deps.clock.now();
  const saidAt = input.saidAt ?? now;
  if (isBefore(now, saidAt))
    return invalid(`saidAt ${saidAt.toString()} is in the future; give the time at which the person said it`);
  await suppressNumber(tx, deps, {
    phone,
    reason,
    channel: 'api',
    evidence: { note, by: by.name, saidAt: saidAt.toString() },
    actor: by.actor,
    recordedBy: by.name,
    saidAt,
  });
  await notifyLive(tx, ['contacts', 'inbox']);
  // Index suppression_active.
  const { rows } = await sql<{ since: Instant }>`
    select created_at as since from suppression where phone = ${phone} and reason = ${reason} and lifted_at is null`.execute(
    tx,
  );
  const since = rows[0]?.since ?? now;
  return ok({ already: isBefore(since, now), since });
}
