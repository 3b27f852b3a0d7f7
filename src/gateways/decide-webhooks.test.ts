import { describe, expect, it } from 'vitest';
import { decideWebhooks } from './decide-webhooks.ts';
import { NUMBER_PART, type WebhookPart, type WebhookRegistration } from './webhook-registration.ts';

const URL_HERE = 'https://texts.example.com/webhooks/quo/acc_1';
const MESSAGES: WebhookPart = { part: 'messages', topics: ['texts', 'receipts'] };
const CALLS: WebhookPart = { part: 'calls', topics: ['calls', 'recordings'] };
const ALL: WebhookPart = { part: 'all', topics: ['texts', 'receipts', 'failures', 'calls', 'recordings'] };

const registration = (ref: string, change: Partial<WebhookRegistration> = {}): WebhookRegistration => ({
  ...MESSAGES,
  ref,
  name: ref,
  url: URL_HERE,
  enabled: true,
  lacks: [],
  narrowed: false,
  secret: undefined,
  ...change,
});
const decided = (listed: readonly WebhookRegistration[], known: readonly string[] = ['A', 'B', 'C']) => {
  const { findings, working } = decideWebhooks({
    listed,
    parts: [MESSAGES, CALLS],
    url: URL_HERE,
    knownRefs: new Set(known),
    laneRefs: new Set(['+16175550001', '+16175550002']),
    hasKey: ({ ref }) => known.includes(ref),
  });
  return { found: findings.map(({ kind, step }) => `${kind}: ${step.do}`), working: working.map(({ ref }) => ref) };
};
const OLD = 'https://old.example.com/webhooks/quo/acc_1';

describe('registrations for the events of an account', () => {
  it.each<[string, readonly WebhookRegistration[], readonly string[], readonly string[]]>([
    ['one for each family works', [registration('A'), registration('B', CALLS)], [], ['A', 'B']],
    ['nothing is registered', [], ['missing: create', 'missing: create'], []],
    ['one for all takes the place of both', [registration('A', ALL)], [], ['A']],
    [
      'one for all makes the others superfluous',
      [registration('A'), registration('B', CALLS), registration('C', ALL)],
      ['duplicate: remove', 'duplicate: remove'],
      ['C'],
    ],
    ['calls are missing', [registration('A')], ['missing: create'], ['A']],
    ['one is off', [registration('A', { enabled: false }), registration('B', CALLS)], ['disabled: update'], ['B']],
    [
      'one leaves out receipts, one leaves out numbers',
      [registration('A', { lacks: ['receipts'] }), registration('B', { ...CALLS, narrowed: true })],
      ['incomplete: update', 'incomplete: update'],
      [],
    ],
    [
      'one posts to the address of before, under a name that is not known any more',
      [registration('X', { url: OLD }), registration('B', CALLS)],
      ['elsewhere: update'],
      ['B'],
    ],
    [
      'what posts elsewhere is superfluous',
      [registration('X', { url: OLD }), registration('A'), registration('B', CALLS)],
      ['elsewhere: remove'],
      ['A', 'B'],
    ],
    [
      'two post elsewhere: the first is turned here, the second is too many',
      [registration('A', { url: OLD }), registration('X', { url: OLD }), registration('B', CALLS)],
      ['elsewhere: update', 'elsewhere: remove'],
      ['B'],
    ],
    [
      'one signs with a key that only the gateway knows, one with a key that it tells',
      [registration('X'), registration('Y', { ...CALLS, secret: 'told' })],
      ['unknown_key: rotate', 'unknown_key: adopt'],
      [],
    ],
    [
      'that of another program is nobody of ours',
      [registration('A'), registration('B', CALLS), registration('Z', { url: 'https://hooks.example.org/1' })],
      [],
      ['A', 'B'],
    ],
    [
      'each number is looked at by itself',
      [
        registration('N1', { part: NUMBER_PART, laneRef: '+16175550001', url: '' }),
        registration('N2', { part: NUMBER_PART, laneRef: '+16175550002', url: 'https://hooks.example.org/1' }),
        registration('A'),
        registration('B', CALLS),
      ],
      ['missing: update', 'elsewhere: update'],
      ['A', 'B'],
    ],
    [
      'a number that is no lane here is nobody of ours',
      [
        registration('N3', { part: NUMBER_PART, laneRef: '+16175550003', url: '' }),
        registration('N4', { part: NUMBER_PART, laneRef: '+16175550004', url: OLD }),
        registration('A'),
        registration('B', CALLS),
      ],
      [],
      ['A', 'B'],
    ],
  ])('%s', (_what, listed, found, working) => {
    const state = decided(listed);
    expect(state.found).toEqual(found);
    expect([...state.working].sort()).toEqual(working);
  });

  it('whose key is in doubt are given another one, and the sentence claims no more than is known', () => {
    const { findings } = decideWebhooks({
      listed: [registration('WH1'), registration('B', CALLS)],
      parts: [MESSAGES, CALLS],
      url: URL_HERE,
      knownRefs: new Set(['WH1', 'B']),
      laneRefs: new Set(),
      hasKey: ({ ref }) => (ref === 'WH1' ? 'in_doubt' : true),
    });
    expect(findings).toMatchObject([
      { kind: 'unknown_key', step: { do: 'rotate' }, sentence: expect.stringContaining('may be signed with a key') },
    ]);
  });

  it('are told of in sentences that name the thing and what it means', () => {
    const { findings } = decideWebhooks({
      listed: [registration('WH1', { url: OLD })],
      parts: [MESSAGES, CALLS],
      url: URL_HERE,
      knownRefs: new Set(),
      laneRefs: new Set(),
      hasKey: () => true,
    });
    expect(findings.map(({ sentence }) => sentence)).toEqual([
      `WH1 (texts and delivery receipts) posts to ${OLD} and not to ${URL_HERE}: its events do not arrive here.`,
      'The gateway has no webhook of ours for calls and recordings: those never arrive.',
    ]);
  });
});
