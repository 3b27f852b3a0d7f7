import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';
import { recordAudit } from './audit-store.ts';
import { lockNumber } from './lock-number.ts';

/**
 * For how long campaigns leave a number alone to which a text was blocked. Carriers block for the sender's sake as well as for the
 * person's, so that it is no opt-out: people may still write and be answered, and it ends by itself.
 */
const BLOCKED_FOR_MS = 30 * DAY_MS;

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** Marks the contact with this number, from now on; a number that is none has nobody whom a campaign could text. */
export async function markBlocked(
  tx: Tx,
  deps: Deps,
  input: { readonly phone: string; readonly evidence: object },
): Promise<void> {
  const { phone, evidence } = input;
  const now = deps.clock.now();
  if ((await lockNumber(tx, phone)) === null) return;
  const until = addMs(now, BLOCKED_FOR_MS);
  await sql`update contact set blocked_until = ${until} where phone = ${phone}`.execute(tx);
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: 'system',
    action: 'number.blocked',
    subject: phone,
    phone,
    detail: { until: until.toString(), evidence },
  });
}

/** Of a person who asks for texts after a text to them was blocked. The number is locked already. */
export async function unmarkBlocked(
  tx: Tx,
  input: { readonly phone: string; readonly saidAt: Instant },
): Promise<void> {
  await sql`
    update contact set blocked_until = null
    where phone = ${input.phone} and blocked_until < ${addMs(input.saidAt, BLOCKED_FOR_MS)}`.execute(tx);
}
