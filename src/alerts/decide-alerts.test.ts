import { describe, expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { SUMMARY_MAX } from './alert.ts';
import { alertOf, compareAlerts, type Standstill } from './decide-alerts.ts';

const id = '00000000-0000-7000-8000-00000000000a';
const shown = '0000000000007000800000000000000a';

describe('the alert about something that stands still', () => {
  const cases: readonly (readonly [string, Standstill, string, string, string])[] = [
    [
      'an account that the gateway refuses',
      { kind: 'account_paused', id, name: 'Main line', reason: 'Not enough credits (0200402)' },
      'Main line: paused: Not enough credits (0200402)',
      'The account "Main line" is paused: Not enough credits (0200402). Add credit with the provider, then resume it under Settings, Numbers',
      `/settings/numbers?show=acc_${shown}`,
    ],
    [
      'a number that the gateway refuses',
      { kind: 'lane_paused', id, name: 'Office', phone: '+16175550100', reason: 'No member (0202403)' },
      'Office +16175550100: paused: No member (0202403)',
      'The number +16175550100 (Office) is paused: No member (0202403). Add that user to the number with the provider, or use another number, then resume it under Settings, Numbers',
      `/settings/numbers?show=lane_${shown}`,
    ],
    [
      'numbers that rest',
      {
        kind: 'lanes_resting',
        id,
        name: 'Main line',
        phone: '+16175550100',
        numbers: 3,
        reason: 'Limit of the day (30023)',
        until: instant('2026-11-18T05:00:00Z'),
      },
      'Main line: 3 numbers rest: Limit of the day (30023)',
      'Each of 3 numbers of "Main line" is paused: Limit of the day (30023). It goes on by itself at Wed, Nov 18, 00:00 EST; lower its daily cap if this comes back',
      `/settings/numbers?show=acc_${shown}`,
    ],
    [
      'a campaign',
      { kind: 'campaign_paused', id, name: 'Spring', reason: 'Carriers filtered 5 of its last 20 texts' },
      'Spring: paused: Carriers filtered 5 of its last 20 texts',
      'The campaign "Spring" is paused: Carriers filtered 5 of its last 20 texts',
      `/campaigns/cmp_${shown}`,
    ],
    [
      'a gateway that does not answer',
      { kind: 'breaker_open', id, name: 'Main line', since: instant('2026-11-17T15:42:00Z'), reason: 'HTTP 503' },
      'Main line: the gateway does not answer: HTTP 503',
      'The gateway of "Main line" does not answer since Tue, Nov 17, 10:42 EST (HTTP 503): nothing goes out. It is asked again by itself; if it stays silent, look at the provider\'s status page',
      `/settings/numbers?show=acc_${shown}`,
    ],
    [
      'events that rest, those too that were never tried',
      { kind: 'events_failed', id, name: 'Main line', reason: 'a signed event that cannot be read: body: not JSON' },
      'Main line: events could not be applied: a signed event that cannot be read: body: not JSON',
      'Events of the account "Main line" rest as failed, the last one: a signed event that cannot be read: body: not JSON. Look at them, have the cause mended, and replay them: what they say is not in the books until then. What can never be applied may be discarded.',
      '/operations/events?state=failed',
    ],
  ];
  it.each(cases)('names %s, the reason and the remedy', (_, found, headline, summary, link) => {
    const alert = alertOf(found, 'America/New_York');
    expect(alert).toMatchObject({ kind: found.kind, headline, summary, link });
    expect(alert.subject.endsWith(`:${id}`)).toBe(true);
  });
});

describe('the open alerts', () => {
  const alert = (subject: string, summary = 'x') => ({ kind: 'lane_paused', subject, summary }) as const;
  const wanted = (subject: string, summary = 'x') => ({ ...alert(subject, summary), headline: 'x', link: '/' });

  it('become what is wrong: new ones open, changed ones say so, ended ones end', () => {
    const { raise, resolve, same } = compareAlerts(
      [wanted('lane:new'), wanted('lane:changed', 'now'), wanted('lane:same')],
      [alert('lane:changed', 'before'), alert('lane:same'), alert('lane:over')],
    );
    expect([raise, resolve, same].map((list) => list.map(({ subject }) => subject))).toEqual([
      ['lane:new', 'lane:changed'],
      ['lane:over'],
      ['lane:same'],
    ]);
  });

  it('of two kinds about one thing are two', () => {
    const { raise, resolve } = compareAlerts([wanted('lane:a')], [{ ...alert('lane:a'), kind: 'breaker_open' }]);
    expect([raise.length, resolve.length]).toEqual([1, 1]);
  });

  it('are not raised again and again because a long summary was cut', () => {
    const long = 'x'.repeat(SUMMARY_MAX + 1);
    expect(compareAlerts([wanted('lane:a', long)], [alert('lane:a', long.slice(0, SUMMARY_MAX))]).raise).toEqual([]);
  });
});
