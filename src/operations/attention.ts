import type { SendingState } from '../business/business.ts';
import { switchOnSentence } from '../campaigns/waiting.ts';
import type { AccountOverview } from '../gateways/account-overview-store.ts';

/** What needs a person, in the order of urgency. `link` is a page of the web app. */
export interface Attention {
  readonly kind: string;
  readonly sentence: string;
  readonly link: string;
}

export interface Situation {
  readonly sending: SendingState;
  readonly accounts: readonly AccountOverview[];
  readonly counts: {
    /** Provider events that could not be applied. */
    readonly failedEvents: number;
    /** Texts whose answer was lost, and which are still not settled. */
    readonly unsettled: number;
    readonly review: number;
  };
  readonly pausedCampaigns: readonly { readonly id: string; readonly name: string; readonly reason: string }[];
  /** Running campaigns with people who wait, whose every number is switched off: nothing but a person ends that. */
  readonly stuckCampaigns: readonly {
    readonly id: string;
    readonly name: string;
    readonly lanes: readonly { readonly phone: string; readonly name: string }[];
  }[];
}

/** Counts stop there: "more than" is enough to act. */
export const COUNT_MAX = 1_000;

export function attentionOf({
  sending,
  accounts,
  counts,
  pausedCampaigns,
  stuckCampaigns,
}: Situation): readonly Attention[] {
  return [
    ...(sending.state === 'paused'
      ? [{ kind: 'sending_paused', sentence: `All campaigns are stopped: ${sending.reason}`, link: '/' }]
      : []),
    ...accounts.flatMap(accountAttention),
    ...stuckCampaigns.map(({ id, name, lanes }) => ({
      kind: 'campaign_without_number',
      sentence: `The campaign "${name}" cannot go on: ${switchOnSentence(lanes)}`,
      link: `/campaigns/${id}`,
    })),
    ...pausedCampaigns.map(({ id, name, reason }) => ({
      kind: 'campaign_paused',
      sentence: `The campaign "${name}" is paused: ${reason}`,
      link: `/campaigns/${id}`,
    })),
    ...counted(counts.review, {
      kind: 'review',
      one: '1 reply may be an opt-out and waits for a person to read it',
      many: 'replies may be opt-outs and wait for a person to read them',
      link: '/inbox?view=review',
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
      link: '/settings/numbers',
    }),
  ];
}

function accountAttention(account: AccountOverview): readonly Attention[] {
  const link = '/settings/numbers';
  if (account.state === 'paused')
    return [
      { kind: 'account_paused', sentence: `The account "${account.name}" is paused: ${account.stateReason}`, link },
    ];
  const webhook: readonly Attention[] =
    account.webhookRef === null
      ? [{ kind: 'webhook_missing', sentence: `Replies of "${account.name}" do not arrive: refresh the account`, link }]
      : [];
  return [
    ...webhook,
    ...account.lanes
      .filter((lane) => lane.state === 'paused')
      .map((lane) => ({
        kind: 'lane_paused',
        sentence: `The number ${lane.phone} (${lane.name}) is paused: ${lane.stateReason}`,
        link,
      })),
  ];
}

function counted(
  count: number,
  text: { readonly kind: string; readonly one: string; readonly many: string; readonly link: string },
): readonly Attention[] {
  if (count === 0) return [];
  const { kind, link } = text;
  const number = count >= COUNT_MAX ? `${COUNT_MAX} or more` : String(count);
  return [{ kind, sentence: count === 1 ? text.one : `${number} ${text.many}`, link }];
}
