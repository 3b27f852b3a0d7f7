import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { NO_TOTALS } from './campaign.ts';
import { account, campaign, EAST, lane, MIDNIGHT, NOON, queue, waiting } from './waiting.fixture.ts';
import type { WaitingCode, WaitingFacts } from './waiting-facts.ts';

const LONG_AGO = { changedAt: instant('2026-11-17T13:00:00Z') };
const PAUSED = { ...campaign, state: 'paused', stateReason: 'Paused by Max' } as const;
const PASSED = instant('2026-11-17T16:00:00Z');
const POINTLESS = { after: PASSED, hoursAfterWindow: null, action: 'ask' } as const;
const LIST = '00000000-0000-7000-8000-00000000000a';
const NEVER = { spansOf: () => ({ from: () => undefined }) };

/** Every code there is, in each of its shapes: the facts that lead to it, and what its action is called. */
const CASES: Readonly<
  Record<WaitingCode, readonly (readonly [shape: string, Partial<WaitingFacts>, action: string | null])[]>
> = {
  paused: [
    ['by a person', { campaign: PAUSED }, 'Resume it'],
    ['with a question', { campaign: { ...PAUSED, pointless: POINTLESS, pointlessAsked: PASSED } }, 'Answer it'],
  ],
  pointless: [['since an hour', { campaign: { ...campaign, pointless: POINTLESS } }, 'Change when they are pointless']],
  sending_paused: [
    ['everywhere', { sending: { state: 'paused', reason: 'Wrong price', since: PASSED } }, 'Resume sending'],
  ],
  settling: [['of three', { campaign: { ...campaign, totals: { ...NO_TOTALS, unknown: 3 } }, queues: [] }, 'See who']],
  worker_failing: [['three times', { accounts: [{ ...account, failures: 3, failure: 'x' }] }, 'See the workers']],
  no_worker: [['at all', { accounts: [{ ...account, heldBy: null, leaseUntil: null }] }, 'See the workers']],
  breaker_open: [['since noon', { accounts: [{ ...account, breakerOpenSince: PASSED }] }, 'See the account']],
  throttled: [
    [
      'for an hour',
      { accounts: [{ ...account, breakerHeldUntil: instant('2026-11-17T18:00:00Z') }] },
      'See the account',
    ],
  ],
  asking_gateway: [
    ['just now', { accounts: [{ ...account, asksSince: instant(NOON) }] }, 'See the account'],
    ['for longer than expected', { accounts: [{ ...account, asksSince: PASSED }] }, 'See the account'],
  ],
  account_paused: [['by a person', { accounts: [{ ...account, state: 'paused' }] }, 'See the account']],
  daily_cap: [['of one', { lanes: [lane({ usedToday: 66 })] }, 'Change its cap']],
  daily_parts: [
    ['used up', { lanes: [lane({ partsPerDay: 10, partsToday: 10 })] }, 'Change its limit'],
    ['too few', { ...LONG_AGO, lanes: [lane({ partsPerDay: 10, partsToday: 9 })] }, 'Change its limit'],
  ],
  draining: [['for new people', { lanes: [lane({ state: 'draining', drains: true })] }, 'Set it to active']],
  numbers_off: [['all', { lanes: [lane({ state: 'off' })] }, 'Switch it on']],
  numbers_paused: [['one', { lanes: [lane({ state: 'paused', stateReason: 'Refused' })] }, 'Resume it']],
  hours: [
    ['until the morning', { now: instant(MIDNIGHT) }, null],
    ['that never open', NEVER, 'Change its hours'],
  ],
  put_off: [['until tomorrow', { queues: [queue(EAST, null, '2026-11-18T15:00:00Z')] }, 'See who']],
  do_not_call_stale: [
    [
      'with its list',
      {
        queues: [queue(EAST, null, '2026-11-18T15:00:00Z')],
        listWait: { people: 7, hasNational: true, list: { id: LIST, name: 'Nation' } },
      },
      'Upload a newer file',
    ],
    [
      'of which nobody knows any more',
      { queues: [queue(EAST, null, '2026-11-18T15:00:00Z')], listWait: { people: 7, hasNational: true, list: null } },
      'See who',
    ],
    [
      'of the nation, which was never made',
      { queues: [queue(EAST, null, '2026-11-18T15:00:00Z')], listWait: { people: 7, hasNational: false, list: null } },
      'Make the list',
    ],
  ],
  pace: [['until one', { paceUntil: instant('2026-11-17T18:00:00Z') }, 'Change its pace']],
  priority: [['of another', { ...LONG_AGO, before: ['Storm'] }, 'Change its priority']],
  stalled: [['since long', LONG_AGO, 'See the workers']],
};

const rows = Object.entries(CASES).flatMap(([code, shapes]) =>
  shapes.map(([shape, facts, action]) => ({ code, shape, facts, action })),
);

const WEB = new URL('../../web/src/', import.meta.url);

/** Addresses of the web app, from the files that describe its routes; those under another are put together with it. */
const PAGES = readdirSync(WEB, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('routes.ts'))
  .flatMap((name) => [...readFileSync(new URL(name, WEB), 'utf8').matchAll(/path: '([^']+)'/g)])
  .flatMap(([, path = '']) => [path, `/settings/${path}`, `/campaigns/$campaignId/${path}`])
  .map((path) => new RegExp(`^${path.replace('$campaignId', 'cmp_[0-9a-z]+').replace('$listId', 'dnc_[0-9a-f]+')}$`));

describe('whoever sees what a campaign waits for', () => {
  it.each(rows)('$code $shape: can do something, or knows when it goes on', ({ code, facts, action }) => {
    const at = waiting(NOON, facts);
    expect(at?.code).toBe(code);
    expect(at?.action?.label ?? null).toBe(action);
    expect(at?.action ?? at?.until).not.toBeNull();
  });

  it.each(rows)('$code $shape: is led to a page that there is', ({ facts }) => {
    const link = waiting(NOON, facts)?.action?.link.split('?')[0];
    expect(link === undefined || PAGES.some((page) => page.test(link)), link).toBe(true);
  });
});
