import { describe, expect, it } from 'vitest';
import type { AccountOverview } from '../gateways/account-overview-store.ts';
import { instant } from '../platform/time.ts';
import { attentionOf, COUNT_MAX, type Situation } from './attention.ts';

const quiet: Situation = {
  sending: { state: 'running' },
  accounts: [],
  zone: 'America/New_York',
  now: instant('2026-11-17T15:00:00Z'),
  counts: { failedEvents: 0, unsettled: 0, review: 0 },
  pausedCampaigns: [],
  heldAnswers: [],
  stuckCampaigns: [],
  givenUpTargets: [],
};
const account: AccountOverview = {
  id: '00000000-0000-7000-8000-00000000000a',
  kind: 'quo',
  name: 'Main line',
  baseUrl: 'https://api.openphone.com',
  environment: 'live',
  apiKeySealed: '',
  webhookRef: 'WH1',
  webhookSecretsSealed: [],
  webhookChangeUntil: null,
  webhookPartsRefused: [],
  webhookGeneration: 'newest',
  optOutsConfirmedBy: 'by_word',
  webhookFallback: null,
  ratePerSecond: 8,
  state: 'active',
  stateReason: null,
  createdAt: instant('2026-01-01T00:00:00Z'),
  lastEventAt: null,
  heldBy: null,
  breaker: null,
  heldUntil: null,
  lanes: [],
};
const lane: AccountOverview['lanes'][number] = {
  id: '00000000-0000-7000-8000-000000000001',
  accountId: 'a',
  gatewayRef: 'PN1',
  phone: '+16175550100',
  name: 'Office',
  zone: 'America/New_York',
  dailyCap: 125,
  messagesPerSecond: null,
  partsPerSecond: null,
  partsPerDay: null,
  state: 'active',
  stateReason: null,
  pausedUntil: null,
  usedToday: 0,
  partsUsedToday: 0,
  waitingPeople: null,
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
      {
        accounts: [
          { ...account, state: 'paused', stateReason: 'Not today (Max)', lanes: [{ ...lane, state: 'paused' }] },
        ],
      },
      ['The account "Main line" is paused: Not today (Max). Resume it under Settings, Numbers'],
    ],
    [
      'an account that the gateway refuses, with the remedy',
      { accounts: [{ ...account, state: 'paused', stateReason: 'HTTP 402 0200402 Not enough credits (0200402)' }] },
      [
        'The account "Main line" is paused: HTTP 402 0200402 Not enough credits (0200402). Add credit with the provider, then resume it under Settings, Numbers',
      ],
    ],
    [
      'a gateway that does not answer, since when and with its last words',
      {
        accounts: [
          { ...account, breaker: { openSince: instant('2026-11-17T15:42:00Z'), detail: 'HTTP 503' }, lanes: [lane] },
        ],
      },
      [
        'The gateway of "Main line" does not answer since Tue, Nov 17, 10:42 EST (HTTP 503): nothing goes out. It is asked again by itself; if it stays silent, look at the provider\'s status page',
      ],
    ],
    [
      'a gateway that asked for a minute or more, until when',
      { accounts: [{ ...account, heldUntil: instant('2026-11-17T15:01:00Z') }] },
      [
        'The gateway of "Main line" asked for time until Tue, Nov 17, 10:01 EST: nothing goes out before, then it goes on by itself. Lower the rate of the account if this comes back',
      ],
    ],
    [
      'not a gateway that asked for some seconds',
      { accounts: [{ ...account, heldUntil: instant('2026-11-17T15:00:59Z') }] },
      [],
    ],
    [
      'an account whose replies do not arrive',
      { accounts: [{ ...account, webhookRef: null }] },
      ['Replies of "Main line" do not arrive: refresh the account'],
    ],
    [
      'a lane that a person has paused',
      { accounts: [{ ...account, lanes: [{ ...lane, state: 'paused', stateReason: 'Paused by Max' }] }] },
      ['The number +16175550100 (Office) is paused: Paused by Max. Resume it under Settings, Numbers'],
    ],
    [
      'a lane that the gateway refuses, with the remedy',
      {
        accounts: [{ ...account, lanes: [{ ...lane, state: 'paused', stateReason: 'HTTP 403 No member (0202403)' }] }],
      },
      [
        'The number +16175550100 (Office) is paused: HTTP 403 No member (0202403). Add that user to the number with the provider, or use another number, then resume it under Settings, Numbers',
      ],
    ],
    [
      'a lane at the limit of the carriers, which goes on by itself',
      {
        accounts: [
          {
            ...account,
            lanes: [
              {
                ...lane,
                state: 'paused',
                stateReason: 'Daily limit (0204403)',
                pausedUntil: instant('2026-11-18T05:00:00Z'),
              },
            ],
          },
        ],
      },
      [
        'The number +16175550100 (Office) is paused: Daily limit (0204403). It goes on by itself at Wed, Nov 18, 00:00 EST; lower its daily cap if this comes back',
      ],
    ],
    [
      'a lane that is drained',
      { accounts: [{ ...account, lanes: [{ ...lane, state: 'draining', waitingPeople: 0 }] }] },
      [
        'The number +16175550100 (Office) is drained: nobody who knows it waits in a campaign any more. Switch it off under Settings, Numbers',
      ],
    ],
    [
      'no lane that still drains',
      { accounts: [{ ...account, lanes: [{ ...lane, state: 'draining', waitingPeople: 3 }] }] },
      [],
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
      'an endpoint of a developer that was given up',
      { givenUpTargets: [{ url: 'https://dev.example.com/', accountName: 'Office', reason: 'Nothing got through' }] },
      [
        'Events of "Office" are not forwarded to https://dev.example.com/ any more. Nothing got through. Switch it on again when it is back, or off for good',
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

  it('leads to the row where it is mended', () => {
    const [first, second] = attentionOf({
      ...quiet,
      accounts: [{ ...account, webhookRef: null, lanes: [{ ...lane, state: 'paused' }] }],
    });
    expect([first?.link, second?.link]).toEqual([
      '/settings/numbers?show=acc_0000000000007000800000000000000a',
      '/settings/numbers?show=lane_00000000000070008000000000000001',
    ]);
  });
});
