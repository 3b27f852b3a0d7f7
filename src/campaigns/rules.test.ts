import { describe, expect, it } from 'vitest';
import { DEFAULT_SENDING_POLICY, type SendingPolicy } from '../business/sending-policy.ts';
import { instant } from '../platform/time.ts';
import { type Campaign, NO_TOTALS } from './campaign.ts';
import { type LaunchFacts, launchProblems } from './decide-launch.ts';
import type { VariantReach } from './decide-reach.ts';
import { DEFAULT_SENDING } from './sending-options.ts';

const NEW_YORK = 'America/New_York';
const LAW: SendingPolicy = { ...DEFAULT_SENDING_POLICY, preset: 'federal_state' };
const TUESDAY_TEN = instant('2026-11-17T15:00:00Z');

describe('launchProblems', () => {
  const draft: Campaign = {
    id: 'c',
    name: 'Fall',
    state: 'draft',
    stateReason: null,
    audience: { all: true },
    ...DEFAULT_SENDING,
    pointlessAsked: null,
    consent: null,
    consentWaiver: null,
    revision: 1,
    createdBy: 'Dana',
    createdAt: TUESDAY_TEN,
    launchedAt: null,
    finishedAt: null,
    variants: [{ id: 'v', label: 'A', weight: 1, body: 'Hi {first_name|there}' }],
    laneIds: ['lane-1'],
    totalsByVariant: new Map(),
    totals: NO_TOTALS,
  };
  const reach: VariantReach = { people: 8, sendable: 0, missing: new Map(), tooLong: 0, empty: 0, shortened: 0 };
  const facts: LaunchFacts = {
    matched: 10,
    textable: 8,
    withoutConsent: 0,
    unseen: 0,
    excluded: [],
    lanes: [{ id: 'lane-1', name: 'Office', state: 'active' }],
    unsendable: new Map(),
    sending: {
      now: TUESDAY_TEN,
      zone: NEW_YORK,
      policy: LAW,
      groups: [{ zones: [NEW_YORK], states: ['NY'], people: 8 }],
    },
  };
  const unsendable = (change: Partial<VariantReach>): Partial<LaunchFacts> => ({
    unsendable: new Map([['v', { ...reach, ...change }]]),
  });

  it('has none for a draft that is ready', () => {
    expect(launchProblems(draft, facts)).toEqual([]);
  });

  it.each<[string, Partial<Campaign>, Partial<LaunchFacts>, string, RegExp]>([
    ['no message', { variants: [] }, {}, 'message', /write variant A/],
    [
      'an empty message',
      { variants: [{ id: 'v', label: 'A', weight: 1, body: '  ' }] },
      {},
      'message',
      /The message is empty/,
    ],
    [
      'a missing brace, with its position',
      { variants: [{ id: 'v', label: 'A', weight: 1, body: 'Hi {first_name' }] },
      {},
      'message',
      /position 3.*}/,
    ],
    [
      'two variants of one name',
      { variants: [draft.variants[0], draft.variants[0]].flatMap((v) => v ?? []) },
      {},
      'message',
      /called "A"/,
    ],
    ['no number', { laneIds: [] }, {}, 'lanes', /choose at least one/],
    [
      'only numbers that are off',
      {},
      { lanes: [{ id: 'lane-1', name: 'Office', state: 'off' }] },
      'lanes',
      /switched off/,
    ],
    [
      'numbers that take no new people',
      {},
      { lanes: [{ id: 'lane-1', name: 'Office', state: 'draining' }] },
      'lanes',
      /^Every chosen number is being drained and takes no new people: choose another/,
    ],
    [
      'a text that is too long for everybody, whoever is chosen',
      { variants: [{ id: 'v', label: 'A', weight: 1, body: 'x'.repeat(1_601) }] },
      { unsendable: new Map([['v', { ...reach, tooLong: 8 }]]) },
      'message',
      /^The message cannot be sent to anybody: it has at least 1,601 characters, and gateways take at most 1,600\. Shorten it$/,
    ],
    [
      'a field that nobody has',
      {},
      unsendable({ missing: new Map([['nickname', 8]]) }),
      'message',
      /^The message cannot be sent to anybody: all 8 people have no \{nickname\}\. Write a fallback, as in \{nickname\|there\}, or fill in the field$/,
    ],
    [
      'the variant of several',
      { variants: [{ id: 'w', label: 'B', weight: 1, body: 'Hi' }, ...draft.variants] },
      unsendable({ missing: new Map([['nickname', 7]]), tooLong: 1 }),
      'message',
      /^Variant A cannot be sent to anybody: 7 have no \{nickname\}, 1 would get more than the 1,600 characters/,
    ],
    [
      'no audience',
      { audience: null },
      { matched: 0, textable: 0 },
      'audience',
      /^No audience is chosen: choose tags, places or all contacts$/,
    ],
    ['an audience without conditions', { audience: { tags: [] } }, {}, 'audience', /^No audience is chosen/],
    ['an empty audience', {}, { matched: 0, textable: 0 }, 'audience', /no contact matches/],
    ['an audience that is left out whole', {}, { textable: 0 }, 'audience', /All 10 contacts/],
    [
      'hours that never open',
      { windowStartMinute: 300, windowEndMinute: 420 },
      {},
      'schedule',
      /^Nobody can be texted from 05:00 to 07:00/,
    ],
  ])('names %s', (_, change, otherFacts, field, message) => {
    const problems = launchProblems({ ...draft, ...change }, { ...facts, ...otherFacts });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.field).toBe(field);
    expect(problems[0]?.message).toMatch(message);
  });
});
