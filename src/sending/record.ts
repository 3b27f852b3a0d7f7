/**
 * Writes what hand-overs led to: state, cap, suppression and pauses in one transaction, fenced by the lease. A holder that has lost
 * its account records nothing; its successor settles those texts by asking the gateway.
 */

import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { takeEarlyReceipts } from '../webhooks/apply-status.ts';
import { beginAftermath, markRefused, pauseSender } from './aftermath.ts';
import type { Reach } from './crash-points.ts';
import type { Verdict } from './decide-outcome.ts';
import { type Lease, requireLeaseOver } from './lease-store.ts';
import { type AttemptResult, holdCampaigns, recordResults } from './record-store.ts';
import { forgetUnsent, lockPeopleOf } from './unsent-store.ts';

export interface RecordDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly reach: Reach;
}

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
    const sent = input.results.flatMap(({ messageId, verdict }) =>
      verdict.to === 'sent' ? [{ messageId, gatewayMessageId: verdict.gatewayMessageId }] : [],
    );
    await requireLeaseOver(
      tx,
      lease,
      sent.map(({ gatewayMessageId }) => gatewayMessageId),
    );
    const early = await takeEarlyReceipts(tx, lease.accountId, sent);
    const aftermath = await beginAftermath(tx, deps, early.failed);
    if (input.results.some((result) => result.verdict.to === 'pending'))
      await holdCampaigns(
        tx,
        input.results.map((result) => result.messageId),
      );
    const { accountId } = lease;
    // Numbers before messages: a suppression locks the contact first, as everywhere.
    for (const { verdict, phone } of input.results)
      if (verdict.to === 'failed') await markRefused(tx, deps, { ...verdict, accountId, phone });
    const unsent = input.results.flatMap(({ messageId, verdict }) =>
      verdict.to === 'failed' || verdict.to === 'pending' ? [messageId] : [],
    );
    await lockPeopleOf(tx, unsent);
    // Lanes before the counters of campaigns, as in a claim, which may run at the same time.
    for (const { verdict, laneId } of input.results) await pauseSender(tx, deps, { ...verdict, accountId, laneId });
    await recordResults(tx, { accountId: lease.accountId, now: deps.clock.now(), ...input });
    await forgetUnsent(tx, unsent);
    await early.apply();
    await aftermath.end();
    deps.reach('inside the record');
  });
  deps.reach('after the record');
}
