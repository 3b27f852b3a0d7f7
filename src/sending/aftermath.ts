/**
 * What failures mean beyond their texts: numbers that are left alone, lanes and accounts that stop, campaigns whose words carriers
 * filter. The same for a refusal of the gateway (record.ts) and for a receipt that comes later (webhooks/apply-status.ts).
 *
 * Locks in the order of a claim: campaigns, numbers, lanes, then the texts with the counters of their campaigns.
 */
import { pauseCampaign } from '../campaigns/control-campaign.ts';
import { markBlocked } from '../compliance/block-number.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { consequenceOf } from '../gateways/decide-consequence.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import { nextMidnight } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import {
  type FailedText,
  failedSoBefore,
  holdCampaignsToPause,
  newestOutcomes,
  unchangedSince,
} from './aftermath-store.ts';
import { type Aftermath, areFiltered, decideReceipt, OUTCOMES_LOOKED_AT } from './decide-outcome.ts';
import { pauseAccount, pauseLane, pauseLanesOf } from './record-store.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** The carriers' days begin at midnight Pacific, wherever the sender is. */
const CARRIERS_ZONE = 'America/Los_Angeles';

/** What is left to do when the texts themselves have been moved. */
interface BegunAftermath {
  end(): Promise<void>;
}

/** Of texts that the gateway took and that failed later, before they are moved to `failed`. */
export async function beginAftermath(tx: Tx, deps: Deps, failed: readonly FailedText[]): Promise<BegunAftermath> {
  const campaignIds = failed.flatMap(({ campaignId, code }) =>
    campaignId !== null && consequenceOf(code)?.blames === 'words' ? [campaignId] : [],
  );
  await holdCampaignsToPause(tx, campaignIds);
  const decided: (FailedText & Aftermath)[] = [];
  for (const text of failed) decided.push({ ...text, ...decideReceipt(text.code, await saidAgain(tx, text)) });
  for (const text of decided) await markRefused(tx, deps, { ...text, message: sentenceFor(text.code).sentence });
  for (const text of decided) {
    // Whoever put the cause right meanwhile must not be stopped again by the last texts from before.
    if (text.sender !== undefined && (await unchangedSince(tx, text.sender.scope, text)))
      await pauseSender(tx, deps, text);
  }
  return {
    async end() {
      for (const id of new Set(campaignIds)) await pauseFiltered(tx, deps, id);
    },
  };
}

async function saidAgain(tx: Tx, text: FailedText): Promise<boolean> {
  const consequence = consequenceOf(text.code);
  const asks = consequence?.blames === 'recipient' && consequence.effect === 'out_of_use';
  return asks && (await failedSoBefore(tx, text));
}

/** The number is left alone, for good or for a time. */
export async function markRefused(
  tx: Tx,
  deps: Deps,
  refused: Pick<Aftermath, 'suppress' | 'blocked'> & {
    readonly accountId: Uuid;
    readonly phone: string;
    readonly code: string;
    readonly message: string;
  },
): Promise<void> {
  const { suppress, blocked, accountId, phone, code, message } = refused;
  if (blocked === true) await markBlocked(tx, deps, { phone, evidence: { code, message } });
  if (suppress === undefined) return;
  await suppressNumber(tx, deps, {
    phone,
    reason: suppress,
    channel: 'gateway',
    evidence: { code, message, account: showId('account', accountId) },
    actor: 'system',
  });
}

/** `handedOverAt` is the instant of the text that met the limit of a day; now, when it is absent. */
export async function pauseSender(
  tx: Tx,
  { clock }: Deps,
  refused: Pick<Aftermath, 'sender'> & {
    readonly accountId: Uuid;
    readonly laneId: Uuid;
    readonly handedOverAt?: Instant;
  },
): Promise<void> {
  const { sender, accountId, laneId } = refused;
  if (sender === undefined) return;
  const now = clock.now();
  const { reason } = sender;
  // A limit that ends by itself must not wait for a person; one that began anew too early would cost the whole next day.
  const until = sender.until === 'next_day' ? nextMidnight(CARRIERS_ZONE, refused.handedOverAt ?? now) : null;
  if (until !== null && !isBefore(now, until)) return;
  if (sender.scope === 'lane') await pauseLane(tx, { laneId, reason, until, now });
  else if (until === null) await pauseAccount(tx, { accountId, reason, now });
  else await pauseLanesOf(tx, { accountId, reason, until, now });
  await notifyLive(tx, ['engine', 'status']);
}

/** One filtered text says nothing about the words; many say that sending on would harm the number. A person reads them then. */
async function pauseFiltered(tx: Tx, deps: Deps, campaignId: Uuid): Promise<void> {
  const outcomes = await newestOutcomes(tx, campaignId, OUTCOMES_LOOKED_AT);
  const filtered = outcomes.map(({ code }) => consequenceOf(code)?.blames === 'words');
  if (!areFiltered(filtered)) return;
  const counted = `${filtered.filter(Boolean).length} of its last ${filtered.length} texts`;
  // Refused when it does not run: then there is nothing to stop.
  await pauseCampaign(tx, deps, {
    id: campaignId,
    shownId: showId('campaign', campaignId),
    reason: `Carriers filtered ${counted} as unwanted. Cancel it, and send a copy in other words to those who still wait`,
    actor: 'system',
  });
}
