import { describe, expect, it } from 'vitest';
import { seededRandom } from '../platform/random.ts';
import { addMs, instant, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import { decideArrival, decideEnd, decideTested, isDue, isRecovering, type Tested, uptimeOf } from './decide-check.ts';
import { type CheckOutcome, checkText, newToken, tokenIn } from './health-check.ts';

const NOW = instant('2026-11-17T15:00:00Z');

describe('a health check', () => {
  it('is known by its token, in one part of the default alphabet', () => {
    const random = seededRandom(1);
    const tokens = Array.from({ length: 1_000 }, () => newToken(random));
    expect(new Set(tokens).size).toBe(1_000);
    for (const token of tokens) expect(tokenIn(checkText(token))).toBe(token);
    expect(checkText(tokens[0] ?? '').length).toBeLessThanOrEqual(160);
    for (const other of ['Textwright check', 'STOP', `Re: ${checkText('ABCDEFGHJK')}`])
      expect(tokenIn(other)).toBeUndefined();
  });

  it.each<[string, number, string | undefined, CheckOutcome]>([
    ['30 seconds after the gateway took it', 30, undefined, 'healthy'],
    ['later than that', 31, undefined, 'slow'],
    ['before our own record of the send', -5, undefined, 'healthy'],
    ['with another text', 5, 'another text', 'failed_not_applied'],
  ])('whose event comes %s', (_when, seconds, differs, outcome) => {
    const webhookAt = addMs(NOW, seconds * SECOND_MS);
    const ending = decideArrival({ startedAt: NOW, sentAt: NOW, webhookAt, slowAfterMs: 30 * SECOND_MS, differs });
    expect(ending.outcome).toBe(outcome);
    expect(ending.detail === null).toBe(outcome === 'healthy');
  });

  it.each<[string, string | null, { state: string; error: string | null } | undefined, CheckOutcome, RegExp]>([
    ['sent', null, undefined, 'failed_no_webhook', /took the text, and no event/],
    ['delivered', null, undefined, 'failed_no_webhook', /no event of it came in/],
    ['sent', null, { state: 'failed', error: 'boom' }, 'failed_not_applied', /not applied: boom/],
    ['sent', null, { state: 'received', error: null }, 'failed_not_applied', /still received/],
    ['failed', 'No credit left', undefined, 'failed_send', /refused the text: No credit left/],
    ['cancelled', 'too_late', undefined, 'failed_send', /could not be handed over in time/],
    ['pending', null, undefined, 'failed_send', /could not be handed over in time/],
    ['unknown', null, undefined, 'failed_send', /did not say whether/],
    ['unknown', null, { state: 'retrying', error: 'boom' }, 'failed_not_applied', /boom/],
  ])('that has not come back while its text is %s (%s)', (messageState, failure, event, outcome, words) => {
    const ending = decideEnd({ messageState, failure, event });
    expect(ending.outcome).toBe(outcome);
    expect(ending.detail).toMatch(words);
  });

  it.each<[string, boolean, { minutesAgo: number; outcome: CheckOutcome | null } | undefined, boolean]>([
    ['is due when there was none', true, undefined, true],
    ['is not due while they are off', false, undefined, false],
    ['is not due before the hour', true, { minutesAgo: 59, outcome: 'healthy' }, false],
    ['is due after an hour', true, { minutesAgo: 60, outcome: 'healthy' }, true],
    ['is due ten minutes after one that failed', true, { minutesAgo: 10, outcome: 'failed_no_webhook' }, true],
    ['is not due nine minutes after one that failed', true, { minutesAgo: 9, outcome: 'failed_send' }, false],
    ['is not due while one is under way', true, { minutesAgo: 90, outcome: null }, false],
  ])('%s', (_what, enabled, last, due) => {
    const before =
      last === undefined ? undefined : { startedAt: addMs(NOW, -last.minutesAgo * MINUTE_MS), outcome: last.outcome };
    expect(isDue({ enabled, intervalMinutes: 60 }, before, NOW)).toBe(due);
  });

  it('counts to the uptime when it ended within the time, slow ones as good', () => {
    const check = (minutesAgo: number, outcome: CheckOutcome | null) => ({
      startedAt: addMs(NOW, -minutesAgo * MINUTE_MS),
      outcome,
    });
    const checks = [
      check(1, null),
      check(10, 'slow'),
      check(20, 'failed_send'),
      check(30, 'healthy'),
      check(90, 'failed_send'),
    ];
    expect(uptimeOf(checks, addMs(NOW, -60 * MINUTE_MS))).toEqual({ checks: 3, good: 2, share: 2 / 3 });
    expect(uptimeOf([], NOW)).toEqual({ checks: 0, good: 0, share: null });
  });

  it.each<[string, string, CheckOutcome | null, number | undefined, boolean]>([
    ['is made again at once when an event comes after one that failed', 'suspicion', 'failed_no_webhook', 1, true],
    ['waits where the event came before its end', 'suspicion', 'failed_no_webhook', -1, false],
    ['waits where no event has ever come', 'schedule', 'failed_no_webhook', undefined, false],
    ['waits where it failed although events came in', 'recovery', 'failed_no_webhook', 1, false],
    ['is not made again after one that was healthy', 'schedule', 'healthy', 1, false],
    ['is not made while one is under way', 'schedule', null, 1, false],
  ])('%s', (_what, cause, outcome, afterMs, recovering) => {
    const eventAt = afterMs === undefined ? null : addMs(NOW, afterMs);
    expect(isRecovering({ cause, outcome, finishedAt: outcome === null ? null : NOW }, eventAt)).toBe(recovering);
  });
});

describe('a suspicion', () => {
  const withinMs = 2 * MINUTE_MS;
  type Last = { cause?: string; outcome: CheckOutcome | null; receipt?: boolean; minutesAgo: number };
  it.each<[string, 'silence' | 'receipts', number, Last | undefined, Tested]>([
    ['nobody has tested', 'silence', 3, undefined, 'begin'],
    ['a check is testing', 'silence', 3, { outcome: null, minutesAgo: 1 }, 'under_way'],
    ['a check has just confirmed', 'silence', 3, { outcome: 'failed_no_webhook', minutesAgo: 9 }, 'tested'],
    ['a check confirmed some time ago', 'silence', 30, { outcome: 'failed_no_webhook', minutesAgo: 10 }, 'begin'],
    ['of silence has just been refuted', 'silence', 3, { outcome: 'healthy', minutesAgo: 9 }, 'tested'],
    ['of silence was refuted some time ago', 'silence', 3, { outcome: 'healthy', minutesAgo: 10 }, 'begin'],
    [
      'comes soon after an hourly check',
      'silence',
      3,
      { cause: 'schedule', outcome: 'healthy', minutesAgo: 4 },
      'begin',
    ],
    ['about receipts is new since the last check', 'receipts', 1, { outcome: 'healthy', minutesAgo: 3 }, 'begin'],
    ['about receipts is as new, the check too', 'receipts', 0.5, { outcome: 'healthy', minutesAgo: 1 }, 'tested'],
    [
      'is refuted by the receipt of the check',
      'receipts',
      5,
      { outcome: 'healthy', receipt: true, minutesAgo: 1 },
      'tested',
    ],
    ['waits for the receipt of the check', 'receipts', 5, { outcome: 'healthy', minutesAgo: 1 }, 'under_way'],
    ['is right, as the check has no receipt either', 'receipts', 5, { outcome: 'healthy', minutesAgo: 2 }, 'confirmed'],
  ])('that %s', (_what, kind, sinceMinutesAgo, last, expected) => {
    const check =
      last === undefined
        ? undefined
        : { cause: 'suspicion', receipt: false, ...last, startedAt: addMs(NOW, -last.minutesAgo * MINUTE_MS) };
    const suspicion = { kind, since: addMs(NOW, -sinceMinutesAgo * MINUTE_MS) };
    expect(decideTested(suspicion, check, { now: NOW, withinMs })).toBe(expected);
  });
});
