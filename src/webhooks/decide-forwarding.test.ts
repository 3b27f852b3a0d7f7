import { describe, expect, it } from 'vitest';
import type { GuardedAnswer } from '../platform/guarded-fetch.ts';
import { instant } from '../platform/time.ts';
import { FORWARD_ATTEMPTS_MAX, isGivenUp, nextAttemptAfterMs, readAttempt } from './decide-forwarding.ts';

describe('an attempt', () => {
  it.each<[string, GuardedAnswer, object]>([
    ['is over at 200', { kind: 'answered', status: 200, body: 'ok' }, { status: 200, error: undefined }],
    ['is over at 204', { kind: 'answered', status: 204, body: '' }, { status: 204, error: undefined }],
    [
      'has failed at a redirect',
      { kind: 'answered', status: 302, body: '' },
      { status: 302, error: 'answered 302; redirects are not followed' },
    ],
    [
      'has failed at 500, and says what the target said, in one line that any table takes',
      { kind: 'answered', status: 500, body: ' TypeError:\n  x is\u0000 undefined' },
      { status: 500, error: 'answered 500: TypeError: x is\uFFFD undefined' },
    ],
    [
      'has failed without an answer',
      { kind: 'failed', reason: 'nothing listens there' },
      { status: null, error: 'nothing listens there' },
    ],
    ['has failed when it may not be made', { kind: 'refused', reason: 'no' }, { status: null, error: 'no' }],
  ])('%s', (_case, answer, attempt) => expect(readAttempt(answer)).toEqual(attempt));

  it('is followed by four more within some minutes', () => {
    const waits = [1, 2, 3, 4].map((attempts) => nextAttemptAfterMs(attempts, 0.5));
    expect(waits).toEqual([5_000, 20_000, 60_000, 180_000]);
    expect(nextAttemptAfterMs(FORWARD_ATTEMPTS_MAX, 0.5)).toBeUndefined();
    expect([nextAttemptAfterMs(1, 0), nextAttemptAfterMs(1, 0.999_999)]).toEqual([4_000, 6_000]);
  });
});

it.each([
  ['15:00:00', '15:59:59', false],
  ['15:00:00', '16:00:00', true],
])('a target that fails since %s is given up at %s: %s', (since, at, expected) => {
  const [failingSince, now] = [instant(`2026-11-17T${since}Z`), instant(`2026-11-17T${at}Z`)];
  expect(isGivenUp(failingSince, { now, patientMs: 3_600_000 })).toBe(expected);
});
