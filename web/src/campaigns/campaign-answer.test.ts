import { describe, expect, it } from 'vitest';
import type { Campaign, Totals } from '../api/campaigns.ts';
import { campaignAnnouncement, campaignAnswer } from './campaign-answer.ts';

const moment = { zone: 'America/New_York', nowMs: Date.parse('2026-11-17T15:00:00Z') };
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
const waits = (sentence: string | null) => (sentence === null ? null : { code: 'hours' as const, sentence });
const answer = (campaign: Partial<Campaign>, sentence: string | null = null, ratePerMinute = 0) =>
  campaignAnswer(
    {
      waiting: waits(sentence),
      ratePerMinute,
      campaign: {
        state: 'running',
        stateReason: null,
        pointless: null,
        totals,
        launchedAt: '2026-11-17T13:00:00Z',
        finishedAt: null,
        expectedFinishAt: null,
        ...campaign,
      },
    },
    moment,
  );

describe('the first line of a campaign', () => {
  it('says how far it is and when it ends', () =>
    expect(answer({ expectedFinishAt: '2026-11-17T19:35:00Z' })).toEqual({
      sentence: 'Sending: 488 of 970, done about today 14:35 EST',
      more: null,
    }));
  it('gives no end that nobody knows', () => expect(answer({}).sentence).toBe('Sending: 488 of 970'));
  it.each([
    [0, null],
    [0.4, '0.4 texts a minute over the last ten'],
    [1, '1 text a minute over the last ten'],
    [41.26, '41 texts a minute over the last ten'],
  ])('tells the pace of %s', (perMinute, words) => expect(answer({}, null, perMinute).more).toBe(words));
  it('names what it waits for, and then how far it is', () =>
    expect(
      answer(
        { expectedFinishAt: '2026-11-18T19:35:00Z' },
        'Quiet hours: goes on at Wed 08:00 EST with the first 120 people',
      ),
    ).toEqual({
      sentence: 'Waiting: quiet hours, goes on at Wed 08:00 EST with the first 120 people',
      more: '488 of 970 texted · done about tomorrow 14:35 EST',
    }));
  it('says of a cancelled one how many are still being taken off its list', () => {
    const more = (pending: number) => answer({ state: 'cancelled', totals: { ...totals, pending } }).more;
    expect(more(12_000)).toContain('12,000 still being taken off the list');
    expect(more(0)).not.toContain('taken off');
  });
  it('keeps the words of whoever paused it', () =>
    expect(answer({ state: 'paused', stateReason: 'Wrong price' })).toEqual({
      sentence: 'Paused: Wrong price',
      more: '488 of 970 texted; 482 people wait',
    }));
  it('does not say twice that it is paused', () =>
    expect(answer({ state: 'paused', stateReason: 'Paused by a person' }).sentence).toBe('Paused by a person'));
  it('leaves the question of a paused one to what stands below', () => {
    const pointless = { after: '2026-11-17T22:00:00Z', hoursAfterWindow: null, action: 'ask', asks: true } as const;
    expect(answer({ state: 'paused', stateReason: 'Its texts were to be ...', pointless }).sentence).toBe(
      'Paused: it needs your answer',
    );
  });
  it('sums up at the end, without what did not happen', () =>
    expect(
      answer({
        state: 'completed',
        finishedAt: '2026-11-16T21:12:00Z',
        totals: { ...totals, pending: 0, handing_over: 0, unknown: 0, sent: 0, failed: 0, delivered: 970 },
      }),
    ).toEqual({
      sentence: 'Completed yesterday 16:12 EST: 970 people texted, 31 replied',
      more: '970 delivered · 4 opted out · 30 left out',
    }));
  it('speaks of one person as one', () =>
    expect(answer({ state: 'cancelled', totals: { ...totals, sent: 0, delivered: 1, failed: 0 } }).sentence).toBe(
      'Cancelled: 1 person was texted, the others were not',
    ));
});

describe('what a screen reader is told', () => {
  const say = (state: string, sentence: string | null) =>
    campaignAnnouncement({ campaign: { state }, waiting: waits(sentence) });
  it('is the same while only numbers change', () =>
    expect(say('running', 'Quiet hours: goes on at Wed 08:00 EST with the first 120 people')).toBe(
      say('running', 'Quiet hours: goes on at Wed 08:05 EST with the first 7 people'),
    ));
  it('changes with the reason', () =>
    expect(say('running', 'The daily cap of every number is used up: goes on at Wed 08:00 EST')).toBe(
      'Waiting: the daily cap of every number is used up',
    ));
  it('changes with the state', () => expect(say('completed', null)).toBe('The campaign is completed'));
});
