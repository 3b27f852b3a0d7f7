import type { SendingState } from '../business/business.ts';
import { switchOnSentence } from '../campaigns/tell-lanes.ts';
import { type HeldCount, heldWords } from '../conversations/held-text.ts';
import type { AccountOverview, LaneOverview } from '../gateways/account-overview-store.ts';
import { numbersPage } from '../gateways/numbers-page.ts';
import { remedyOfPause } from '../messages/outcome-sentences.ts';
import { localTime } from '../platform/calendar.ts';
import { showId } from '../platform/ids.ts';
import { addMs, type Instant, isBefore, MINUTE_MS } from '../platform/time.ts';

/** What needs a person, in the order of urgency. `link` is a page of the web app. */
export interface Attention {
  readonly kind: string;
  readonly sentence: string;
  readonly link: string;
}

export interface Situation {
  readonly sending: SendingState;
  readonly accounts: readonly AccountOverview[];
  /** Of the business: times are told in it. */
  readonly zone: string;
  readonly now: Instant;
  readonly counts: {
    /** Provider events that could not be applied. */
    readonly failedEvents: number;
    /** Texts whose answer was lost, and which are still not settled. */
    readonly unsettled: number;
    readonly review: number;
  };
  readonly pausedCampaigns: readonly { readonly id: string; readonly name: string; readonly reason: string }[];
  /** Answers to people that nothing but a person lets go. */
  readonly heldAnswers: readonly HeldCount[];
  /** Running campaigns with people who wait, whose every number is switched off: nothing but a person ends that. */
  readonly stuckCampaigns: readonly {
    readonly id: string;
    readonly name: string;
    readonly lanes: readonly { readonly phone: string; readonly name: string }[];
  }[];
  /** Of the development proxy: nothing got through to them for long. */
  readonly givenUpTargets: readonly { readonly url: string; readonly accountName: string; readonly reason: string }[];
}

/** Counts stop there: "more than" is enough to act. */
export const COUNT_MAX = 1_000;

export function attentionOf({
  sending,
  accounts,
  zone,
  now,
  counts,
  pausedCampaigns,
  heldAnswers,
  stuckCampaigns,
  givenUpTargets,
}: Situation): readonly Attention[] {
  return [
    ...(sending.state === 'paused'
      ? [{ kind: 'sending_paused', sentence: `All campaigns are stopped: ${sending.reason}`, link: '/' }]
      : []),
    ...accounts.flatMap((account) => accountAttention(account, { zone, now })),
    ...heldAnswers.map((held) => ({
      kind: 'answers_held',
      sentence: heldSentence(held),
      link: '/inbox?view=held',
    })),
    ...stuckCampaigns.map(({ id, name, lanes }) => ({
      kind: 'campaign_without_number',
      sentence: `The campaign "${name}" cannot go on: ${switchOnSentence(lanes)}`,
      link: `/campaigns/${id}`,
    })),
    ...pausedCampaigns.map(({ id, name, reason }) => ({
      kind: 'campaign_paused',
      sentence: campaignPausedSentence(name, reason),
      link: `/campaigns/${id}`,
    })),
    ...counted(counts.review, {
      kind: 'review',
      one: '1 reply may be an opt-out and waits for a person to read it',
      many: 'replies may be opt-outs and wait for a person to read them',
      link: '/compliance/reviews',
    }),
    ...counted(counts.unsettled, {
      kind: 'unknown_outcome',
      one: 'Of 1 text it is not known yet whether it went out; the gateway is being asked',
      many: 'texts: it is not known yet whether they went out; the gateway is being asked',
      link: '/campaigns',
    }),
    ...counted(counts.failedEvents, {
      kind: 'failed_events',
      one: '1 event of the gateway could not be applied',
      many: 'events of the gateway could not be applied',
      link: '/operations/events?state=failed',
    }),
    ...givenUpTargets.map(({ url, accountName, reason }) => ({
      kind: 'proxy_failed',
      sentence: `Events of "${accountName}" are not forwarded to ${url} any more. ${reason}. Switch it on again when it is back, or off for good`,
      link: '/settings/development-proxy',
    })),
  ];
}

/** "2 answers to people wait because the number Office is switched off: Moved. Switch it on, or open them and do not send them" */
function heldSentence(held: HeldCount): string {
  const one = held.answers === 1;
  const wait = one ? '1 answer to a person waits' : `${held.answers} answers to people wait`;
  return `${wait} ${heldWords(held)}. ${held.lane ? 'Switch it on' : 'Resume it'}, or decide not to send ${one ? 'it' : 'them'}`;
}

/** Gateways ask for seconds every day; a longer wait is worth a look. */
const HELD_TOLD_FROM_MS = MINUTE_MS;

function accountAttention(
  account: AccountOverview,
  { zone, now }: Pick<Situation, 'zone' | 'now'>,
): readonly Attention[] {
  const { name, state, stateReason, breaker, heldUntil } = account;
  const link = numbersPage(showId('account', account.id));
  if (state === 'paused')
    return [{ kind: 'account_paused', sentence: pausedSentence(`The account "${name}"`, stateReason), link }];
  const webhook: readonly Attention[] =
    account.webhookRef === null
      ? [{ kind: 'webhook_missing', sentence: `Replies of "${name}" do not arrive: refresh the account`, link }]
      : [];
  const silent: readonly Attention[] =
    breaker === null
      ? []
      : [
          {
            kind: 'breaker_open',
            sentence: silentSentence(name, breaker, zone),
            link,
          },
        ];
  const held: readonly Attention[] =
    heldUntil === null || isBefore(heldUntil, addMs(now, HELD_TOLD_FROM_MS))
      ? []
      : [
          {
            kind: 'throttled',
            sentence: `The gateway of "${name}" asked for time until ${localTime(heldUntil, zone)}: nothing goes out before, then it goes on by itself. Lower the rate of the account if this comes back`,
            link,
          },
        ];
  return [...webhook, ...silent, ...held, ...account.lanes.flatMap((lane) => laneAttention(lane, zone))];
}

export const campaignPausedSentence = (name: string, reason: string): string =>
  `The campaign "${name}" is paused: ${reason}`;

function laneAttention(lane: LaneOverview, zone: string): readonly Attention[] {
  const { phone, name, state, stateReason, pausedUntil, waitingPeople } = lane;
  const link = numbersPage(showId('lane', lane.id));
  const number = numberWords({ phone, name });
  if (state === 'paused' && pausedUntil !== null)
    return [
      {
        kind: 'lane_paused',
        sentence: restingSentence(number, { reason: stateReason, until: pausedUntil }, zone),
        link,
      },
    ];
  if (state === 'paused') return [{ kind: 'lane_paused', sentence: pausedSentence(number, stateReason), link }];
  if (state === 'draining' && waitingPeople === 0)
    return [
      {
        kind: 'lane_drained',
        sentence: `${number} is drained: nobody who knows it waits in a campaign any more. Switch it off under Settings, Numbers`,
        link,
      },
    ];
  return [];
}

export const numberWords = ({ phone, name }: { readonly phone: string; readonly name: string }): string =>
  `The number ${phone} (${name})`;

/** "... is paused: No credit left (0200402). Add credit with the provider, then resume it under Settings, Numbers" */
export function pausedSentence(what: string, reason: string | null): string {
  const remedy = remedyOfPause(reason);
  const first = remedy === null ? 'Resume' : `${remedy}, then resume`;
  return `${what} is paused: ${reason ?? 'no reason was given'}. ${first} it under Settings, Numbers`;
}

export const restingSentence = (
  what: string,
  { reason, until }: { readonly reason: string | null; readonly until: Instant },
  zone: string,
): string =>
  `${what} is paused: ${reason ?? 'no reason was given'}. It goes on by itself at ${localTime(until, zone)}; lower its daily cap if this comes back`;

export const silentSentence = (
  name: string,
  { openSince, detail }: { readonly openSince: Instant; readonly detail: string },
  zone: string,
): string =>
  `The gateway of "${name}" does not answer since ${localTime(openSince, zone)} (${detail}): nothing goes out. It is asked again by itself; if it stays silent, look at the provider's status page`;

function counted(
  count: number,
  text: { readonly kind: string; readonly one: string; readonly many: string; readonly link: string },
): readonly Attention[] {
  if (count === 0) return [];
  const { kind, link } = text;
  const number = count >= COUNT_MAX ? `${COUNT_MAX} or more` : String(count);
  return [{ kind, sentence: count === 1 ? text.one : `${number} ${text.many}`, link }];
}
