/**
 * Writes what hand-overs led to: state, cap, suppression and pauses in one transaction, fenced by the lease. A holder that has lost
 * its account records nothing; its successor settles those texts by asking the gateway.
 */

import { suppressNumber } from '../compliance/suppress.ts';
import { nextMidnight } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { applyEarlyReceipts, lockGatewayIds } from '../webhooks/apply-status.ts';
import type { Reach } from './crash-points.ts';
import type { Verdict } from './decide-outcome.ts';
import { type Lease, requireLease } from './lease-store.ts';
import {
  type AttemptResult,
  holdCampaigns,
  pauseAccount,
  pauseLane,
  pauseLanesOf,
  recordResults,
} from './record-store.ts';

export interface RecordDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly reach: Reach;
}

/** The carriers' days begin at midnight Pacific, wherever the sender is. */
const CARRIERS_ZONE = 'America/Los_Angeles';

/** A result with what its consequences need. */
export interface HandedOver extends AttemptResult {
  readonly verdict: Verdict;
  readonly laneId: Uuid;
  readonly phone: string;
}

export async function record(
  deps: RecordDeps,
  lease: Lease,
  input: { readonly from: 'handing_over' | 'unknown'; readonly results: readonly HandedOver[] },
): Promise<void> {
  await runTx(deps.db, async (tx) => {
    await requireLease(tx, lease);
    const gatewayIds = input.results.flatMap(({ verdict }) =>
      verdict.to === 'sent' ? [verdict.gatewayMessageId] : [],
    );
    await lockGatewayIds(tx, gatewayIds);
    if (input.results.some((result) => result.verdict.to === 'pending'))
      await holdCampaigns(
        tx,
        input.results.map((result) => result.messageId),
      );
    // Numbers before messages: a suppression locks the contact first, as everywhere.
    for (const result of input.results) await suppressRefused(tx, deps, result);
    // Lanes before the counters of campaigns, as in a claim, which may run at the same time.
    for (const result of input.results) await pauseSender(tx, deps, lease, result);
    const recorded = await recordResults(tx, { accountId: lease.accountId, now: deps.clock.now(), ...input });
    await applyEarlyReceipts(tx, lease.accountId, gatewayIds);
    deps.reach('inside the record');
    await notifyLive(tx, [
      ...recorded.campaignIds.map((id) => `campaign:${id}`),
      ...(recorded.answers ? ['inbox'] : []),
    ]);
  });
  deps.reach('after the record');
}

async function suppressRefused(tx: Tx, deps: RecordDeps, { verdict, phone }: HandedOver): Promise<void> {
  if (verdict.suppress === undefined || verdict.to !== 'failed') return;
  await suppressNumber(tx, deps, {
    phone,
    reason: verdict.suppress,
    channel: 'gateway',
    evidence: { code: verdict.code, message: verdict.message },
    actor: 'system',
  });
}

async function pauseSender(tx: Tx, deps: RecordDeps, lease: Lease, result: HandedOver): Promise<void> {
  const { sender }: { readonly sender?: Verdict['sender'] } = result.verdict;
  if (sender === undefined) return;
  const now = deps.clock.now();
  // A limit that ends by itself must not wait for a person; one that began anew too early would cost the whole next day.
  if (sender.scope === 'account' && sender.until === 'next_day')
    await pauseLanesOf(tx, {
      accountId: lease.accountId,
      reason: sender.reason,
      until: nextMidnight(CARRIERS_ZONE, now),
      now,
    });
  else if (sender.scope === 'account')
    await pauseAccount(tx, { accountId: lease.accountId, reason: sender.reason, now });
  else {
    const until = sender.until === 'next_day' ? nextMidnight(CARRIERS_ZONE, now) : null;
    await pauseLane(tx, { laneId: result.laneId, reason: sender.reason, until, now });
  }
  await notifyLive(tx, ['status']);
}
