import { describe, expect, it } from 'vitest';
import { faultFor, planPost } from './faults.ts';
import { DEFAULT_FAULTS } from './options.ts';

describe('what befalls a request', () => {
  const shares = { loseRequestShare: 0.1, status500Share: 0.2, loseAnswerShare: 0.1, slowAnswerShare: 0.1 };
  it.each([
    [0, 'lose_request'],
    [0.099, 'lose_request'],
    [0.1, 'error_before'],
    [0.2, 'error_after'],
    [0.31, 'lose_answer'],
    [0.41, 'slow_answer'],
    [0.51, 'none'],
    [0.999, 'none'],
  ])('a draw of %s is %s', (draw, fault) => expect(faultFor(shares, draw)).toBe(fault));

  it('is nothing on a perfect network', () => expect(faultFor({}, 0)).toBe('none'));
});

describe('when an event is posted', () => {
  const about = { seed: 3, account: 0, phone: '+16175550123', atMs: 0 };
  const plans = Array.from({ length: 10_000 }, (_, nth) => planPost({ ...about, nth, faults: DEFAULT_FAULTS }));
  const shareOf = (matches: (plan: (typeof plans)[number]) => boolean): number =>
    plans.filter(matches).length / plans.length;

  it('comes within a second, now and then late or twice, and never is lost unless told so', () => {
    expect(shareOf(({ duplicateAfterMs }) => duplicateAfterMs !== undefined)).toBeCloseTo(0.02, 2);
    expect(shareOf(({ firstAttemptAtMs }) => (firstAttemptAtMs ?? 0) > 1_000)).toBeCloseTo(0.03, 2);
    expect(shareOf(({ firstAttemptAtMs }) => firstAttemptAtMs === undefined)).toBe(0);
  });

  it('can be never', () => {
    expect(planPost({ ...about, nth: 0, faults: { loseWebhookShare: 1 } })).toEqual({});
  });
});
