import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import { type BusinessSettings, parseZone, type SendingState } from './business.ts';
import { getBusiness, getSending, putBusinessRow, putSendingRow } from './business-store.ts';

interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export async function changeBusiness(
  { db, clock, newUuid }: Deps,
  input: { readonly business: BusinessSettings; readonly actor: string },
): Promise<Outcome<BusinessSettings>> {
  const zone = parseZone(input.business.zone);
  if (!zone.ok) return zone;
  const after: BusinessSettings = { ...input.business, zone: zone.value };
  return runTx(db, async (tx) => {
    const now = clock.now();
    const before = await getBusiness(tx);
    await putBusinessRow(tx, after, now);
    const detail = { before, after };
    const entry = { id: newUuid(), at: now, actor: input.actor, subject: 'business', detail };
    await recordAudit(tx, { ...entry, action: 'business.changed' });
    await notifyLive(tx, ['engine', 'status']);
    return ok(after);
  });
}

/** Stops campaign texts everywhere once it has committed; what the gateway already has goes on. Stopping twice keeps the first. */
export const pauseSending = (deps: Deps, input: { readonly reason: string; readonly actor: string }): Promise<void> =>
  setSending(deps, input.actor, (now) => ({ state: 'paused', reason: input.reason, since: now }));

export const resumeSending = (deps: Deps, input: { readonly actor: string }): Promise<void> =>
  setSending(deps, input.actor, () => ({ state: 'running' }));

async function setSending(
  { db, clock, newUuid }: Deps,
  actor: string,
  next: (now: Instant) => SendingState,
): Promise<void> {
  await runTx(db, async (tx) => {
    const now = clock.now();
    const before = await getSending(tx);
    const after = next(now);
    if (before.state === after.state) return;
    await putSendingRow(tx, after, now);
    const action = after.state === 'paused' ? 'sending.paused' : 'sending.resumed';
    const detail = after.state === 'paused' ? { reason: after.reason } : {};
    await recordAudit(tx, { id: newUuid(), at: now, actor, action, subject: 'sending', detail });
    await notifyLive(tx, ['engine', 'status']);
  });
}
