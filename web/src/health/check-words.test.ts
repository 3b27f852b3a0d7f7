import { describe, expect, it } from 'vitest';
import type { HealthCheck } from '../api/health.ts';
import { causeWords, comeInWords, stepsWords, takenInWords } from './check-words.ts';

const at = (seconds: number): string => new Date(Date.parse('2026-11-17T15:00:00Z') + seconds * 1_000).toISOString();
const check = (over: Partial<HealthCheck>): HealthCheck => ({
  id: 'hck_1',
  fromLaneId: 'lane_1',
  toLaneId: 'lane_2',
  cause: 'schedule',
  startedAt: at(0),
  dueAt: at(120),
  sentAt: null,
  webhookAt: null,
  appliedAt: null,
  outcome: null,
  detail: null,
  finishedAt: null,
  ...over,
});

describe('one check', () => {
  it.each<[string, Partial<HealthCheck>, string]>([
    ['that is not sent yet', {}, 'Not sent'],
    ['whose event is awaited', { sentAt: at(0.6) }, 'Sent after 0.6\u00a0s'],
    ['whose event came and waits', { sentAt: at(1), webhookAt: at(3.5) }, 'Sent after 1\u00a0s, came after 2.5\u00a0s'],
    [
      'that went through',
      { sentAt: at(1), webhookAt: at(3), appliedAt: at(3.1) },
      'Sent after 1\u00a0s, came after 2\u00a0s, applied after 0.1\u00a0s',
    ],
  ])('%s', (_case, over, words) => expect(stepsWords(check(over))).toBe(words));

  it.each([
    ['schedule', 'by schedule'],
    ['suspicion', 'on suspicion'],
    ['recovery', 'as events came in again'],
    ['Dana Ortiz', 'asked for by Dana Ortiz'],
  ])('caused by %s', (cause, words) => expect(causeWords({ cause })).toBe(words));
});

const settings = { enabled: true, fromLaneId: 'lane_1', toLaneId: 'lane_2', intervalMinutes: 60 };
const healthy = { recent: [check({ outcome: 'healthy' })], settings, suspicion: null };
const failed = { ...healthy, recent: [check({ outcome: 'failed_no_webhook' })] };
const suspicion = { kind: 'silence', since: at(0), detail: 'nothing came for 2 h' } as const;

it.each<[string, Parameters<typeof comeInWords>[0], string]>([
  ['no account', [], 'No account is connected.'],
  ['all well', [healthy, healthy], 'Events come in.'],
  ['one that nobody checks', [healthy, { ...healthy, settings: null }], 'Events come in; 1 account is not checked.'],
  [
    'none that is checked',
    [{ recent: [], settings: null, suspicion: null }],
    'Nothing checks by itself whether events come in.',
  ],
  ['a suspicion', [{ ...healthy, suspicion }], 'Events may not come in for 1 account.'],
  [
    'a failed check before a suspicion elsewhere',
    [failed, { ...healthy, suspicion }],
    'Events do not come in: the last check of 1 account failed.',
  ],
  [
    'a failed check while the next one is under way',
    [{ ...failed, recent: [check({}), ...failed.recent] }],
    'Events do not come in: the last check of 1 account failed.',
  ],
  ['the first check under way', [{ ...healthy, recent: [check({})] }], 'No check has ended yet.'],
])('%s', (_case, accounts, words) => expect(comeInWords(accounts)).toBe(words));

it.each<[string, Parameters<typeof takenInWords>[0], string]>([
  ['nothing', [], 'no webhook came'],
  ['all of it', [{ accepted: 2, repeated: 0, refused: {} }], '2 of 2 webhooks taken in, 100%'],
  [
    'some again, some refused, from two addresses',
    [
      { accepted: 80, repeated: 10, refused: { signature_wrong: 6 } },
      { accepted: 0, repeated: 0, refused: { too_many: 4 } },
    ],
    '90 of 100 webhooks taken in, 90%; 10 of them had come before',
  ],
])('taken in: %s', (_case, sources, words) => expect(takenInWords(sources)).toBe(words));
