import { describe, expect, it } from 'vitest';
import type { Totals } from '../api/campaigns.ts';
import { peopleOf, progressOf, sharesOf, textedOf, waitingOf } from './campaign-counts.ts';

const totals: Totals = {
  enrolled: 1000,
  pending: 474,
  handing_over: 6,
  unknown: 2,
  sent: 61,
  delivered: 412,
  failed: 15,
  skipped: 30,
  replied: 31,
  opted_out: 4,
  parts: 503,
  accepted: 480,
};

describe('the figures of a campaign', () => {
  it('leave out of the people those who were left out', () => expect(peopleOf(totals)).toBe(970));
  it('count a text as tried whether it went out or failed', () => expect(textedOf(totals)).toBe(488));
  it('count as waiting also those whose answer was lost', () => expect(waitingOf(totals)).toBe(482));
  it('add up: everybody is texted or waits', () => expect(textedOf(totals) + waitingOf(totals)).toBe(peopleOf(totals)));
  it('count as sent also what failed after the gateway had taken it', () => {
    const { count } = sharesOf(totals).sent;
    expect(count).toBeGreaterThan(totals.sent + totals.delivered);
    expect(textedOf(totals) - count).toBe(8);
  });
  it('are each a rate of something larger', () => {
    expect(sharesOf(totals)).toEqual({
      sent: { label: 'Sent', count: 480, of: { count: 970, word: 'people' } },
      delivered: { label: 'Delivered', count: 412, of: { count: 480, word: 'sent' } },
      replied: { label: 'Replied', count: 31, of: { count: 412, word: 'delivered' } },
      optedOut: { label: 'Opted out', count: 4, of: { count: 412, word: 'delivered' } },
    });
  });
  it('speak of one person, not of 1 people', () =>
    expect(sharesOf({ ...totals, enrolled: 31 }).sent.of).toEqual({ count: 1, word: 'person' }));
  it('fill the bar completely', () =>
    expect(progressOf(totals).reduce((sum, part) => sum + part.count, 0)).toBe(totals.enrolled));
});
