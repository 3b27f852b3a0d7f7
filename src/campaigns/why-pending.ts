import type { SendingPolicy } from '../business/sending-policy.ts';
import type { Instant } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import { campaignCheck, freshnessChecks, putOffCheck, quietHoursCheck } from './decide-checks.ts';

export interface WaitingAt {
  readonly campaign: Pick<
    Campaign,
    'state' | 'stateReason' | 'windowStartMinute' | 'windowEndMinute' | 'pointless' | 'pointlessAsked'
  >;
  readonly policy: SendingPolicy;
  /** Of the business: times are told in it. */
  readonly zone: string;
  readonly now: Instant;
}

/**
 * Why one person has not been texted yet, in a sentence: the rules that can be asked for a whole page of people without reading
 * anything else. All of them are in explain-recipient.ts.
 */
export function whyPending(person: { readonly zoneGroup: string; readonly notBefore: Instant }, at: WaitingAt): string {
  const facts = { ...person, ...at };
  const checks = [
    campaignCheck(at.campaign),
    ...freshnessChecks(at.campaign, at),
    putOffCheck(facts),
    quietHoursCheck({ ...facts, marginMs: 0 }),
  ];
  return checks.find((check) => check.forbids)?.sentence ?? WAITS_FOR_ITS_TURN;
}

const WAITS_FOR_ITS_TURN = 'Waits for its turn: the texts or the message parts a day of the numbers, or their rate';
