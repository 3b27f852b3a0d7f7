import { describe, expect, it } from 'vitest';
import type { AccountOverview } from '../gateways/account-overview-store.ts';
import { instant } from '../platform/time.ts';
import { attentionOf, COUNT_MAX, type Situation } from './attention.ts';

const quiet: Situation = {
  sending: { state: 'running' },
  accounts: [],
  counts: { failedEvents: 0, unsettled: 0, review: 0 },
  pausedCampaigns: [],
  stuckCampaigns: [],
};
const account: AccountOverview = {
  id: 'a',
  kind: 'quo',
  name: 'Main line',
  baseUrl: 'https://api.openphone.com',
  environment: 'live',
  apiKeySealed: '',
  webhookRef: 'WH1',
  webhookSecretsSealed: [],
  ratePerSecond: 8,
  state: 'active',
  stateReason: null,
  createdAt: instant('2026-01-01T00:00:00Z'),
  lastEventAt: null,
  heldBy: null,
  lanes: [],
};
const lane: AccountOverview['lanes'][number] = {
  id: 'l',
  accountId: 'a',
  gatewayRef: 'PN1',
  phone: '+16175550100',
  name: 'Office',
  zone: 'America/New_York',
  dailyCap: 125,
  state: 'active',
  stateReason: null,
  pausedUntil: null,
  usedToday: 0,
};
const since = instant('2026-01-01T00:00:00Z');

describe('what needs a person', () => {
  const cases: readonly (readonly [string, Partial<Situation>, readonly string[]])[] = [
    ['nothing, while all is well', { accounts: [{ ...account, lanes: [lane] }] }, []],
    [
      'the stop of everything',
      { sending: { state: 'paused', reason: 'Wrong price', since } },
      ['All campaigns are stopped: Wrong price'],
    ],
    [
      'a paused account, without its lanes',
      { accounts: [{ ...account, state: 'paused', stateReason: 'No credit', lanes: [{ ...lane, state: 'paused' }] }] },
      ['The account "Main line" is paused: No credit'],
    ],
    [
      'an account whose replies do not arrive',
      { accounts: [{ ...account, webhookRef: null }] },
      ['Replies of "Main line" do not arrive: refresh the account'],
    ],
    [
      'a paused lane',
      { accounts: [{ ...account, lanes: [{ ...lane, state: 'paused', stateReason: 'Carrier cap' }] }] },
      ['The number +16175550100 (Office) is paused: Carrier cap'],
    ],
    ['no lane that is off on purpose', { accounts: [{ ...account, lanes: [{ ...lane, state: 'off' }] }] }, []],
    [
      'a paused campaign',
      { pausedCampaigns: [{ id: 'cmp_1', name: 'Spring', reason: 'By Max' }] },
      ['The campaign "Spring" is paused: By Max'],
    ],
    [
      'a campaign whose only number is off, with the remedy',
      { stuckCampaigns: [{ id: 'cmp_1', name: 'Spring', lanes: [{ phone: '+16175550100', name: 'Office' }] }] },
      [
        'The campaign "Spring" cannot go on: its only number is switched off; switch +16175550100 (Office) on under Settings, Numbers',
      ],
    ],
    [
      'counts in words',
      { counts: { review: 1, unsettled: 2, failedEvents: COUNT_MAX } },
      [
        '1 reply may be an opt-out and waits for a person to read it',
        '2 texts: it is not known yet whether they went out; the gateway is being asked',
        '1000 or more events of the gateway could not be applied',
      ],
    ],
  ];
  it.each(cases)('is %s', (_, change, sentences) => {
    expect(attentionOf({ ...quiet, ...change }).map((item) => item.sentence)).toEqual(sentences);
  });
});
