import { describe, expect, it } from 'vitest';
import type { Campaign } from '../api/campaigns.ts';
import {
  arrived,
  changeFor,
  edited,
  formOf,
  keptMine,
  notSaved,
  plainRule,
  savable,
  saved,
  started,
  takenTheirs,
  tryAgain,
  withVariant,
} from './draft-form.ts';

const totals = {
  enrolled: 0,
  pending: 0,
  handing_over: 0,
  unknown: 0,
  sent: 0,
  delivered: 0,
  failed: 0,
  skipped: 0,
  replied: 0,
  opted_out: 0,
  parts: 0,
  accepted: 0,
};
const draft = (change: Partial<Campaign> = {}): Campaign => ({
  id: 'cmp_1',
  name: 'Spring',
  state: 'draft',
  stateReason: null,
  audience: { tags: ['estimate'] },
  variants: [{ id: 'var_1', label: 'A', weight: 1, body: 'Hi', totals: null }],
  laneIds: ['lane_1'],
  priority: 5,
  window: { start: '08:00', end: '21:00' },
  pace: { maxPerHour: null, maxPerDay: null, finishBy: null },
  pointless: null,
  consent: { policy: 'marketing', kinds: null },
  consentWaiver: null,
  totals,
  revision: 3,
  createdBy: 'Dana',
  createdAt: '2026-11-17T15:00:00Z',
  launchedAt: null,
  finishedAt: null,
  expectedFinishAt: null,
  ...change,
});
const typed = (name: string) => edited(formOf(draft()), { name });

describe('saving as one types', () => {
  it('sends only what has changed, with the revision that was read', () => {
    const form = started(typed('Spring check-up '));
    expect(changeFor(form, form.saving)).toEqual({ revision: 3, name: 'Spring check-up' });
  });
  it('keeps hours that never open to itself until they are right', () => {
    const wrong = edited(typed('Spring check-up'), { window: { start: '18:00', end: '09:00' } });
    expect(savable(wrong)).toEqual(['name']);
    expect(savable(edited(wrong, { window: { start: '09:00', end: '18:00' } }))).toEqual(['name', 'window']);
  });
  it('sends a limit that was taken away', () => {
    const form = edited(formOf(draft()), { pointless: null, pace: { maxPerHour: null, maxPerDay: 5, finishBy: null } });
    expect(changeFor(form, savable(form))).toEqual({
      revision: 3,
      pace: { maxPerHour: null, maxPerDay: 5, finishBy: null },
      pointless: null,
    });
  });
  it('keeps what was typed, although the server trims it', () => {
    const form = saved(started(typed('Spring ')), draft({ revision: 4 }));
    expect([form.fields.name, form.revision, form.unsaved, form.saving]).toEqual(['Spring ', 4, [], []]);
  });
  it('waits with the next save until the first has come back', () => {
    const form = edited(started(typed('Spring c')), { name: 'Spring ch' });
    expect(savable(form)).toEqual([]);
    expect(savable(saved(form, draft({ revision: 4 })))).toEqual(['name']);
  });
  it('does not send an empty name, but the rest', () =>
    expect(savable(edited(typed(' '), { laneIds: [] }))).toEqual(['laneIds']));
  it('has everything unsaved again after a failure, and stops until something changes', () => {
    const form = notSaved(started(typed('Spring c')), new Error('down'));
    expect([form.unsaved, savable(form)]).toEqual([['name'], []]);
    expect(savable(edited(form, { laneIds: [] }))).toEqual(['name', 'laneIds']);
    expect(savable(tryAgain(form))).toEqual(['name']);
  });
});

describe('a newer version by someone else', () => {
  const theirs = draft({ revision: 4, audience: { all: true }, name: 'Summer' });
  it('takes the place of a form without changes of its own', () =>
    expect(arrived(formOf(draft()), theirs)).toEqual(formOf(theirs)));
  it('is not taken for new when it is an older answer', () => {
    const form = saved(started(typed('Spring c')), draft({ revision: 5 }));
    expect(arrived(form, theirs)).toBe(form);
  });
  it('waits while a save is on the way', () => {
    const form = started(typed('Spring c'));
    expect(arrived(form, theirs)).toBe(form);
  });
  it('asks a person when there are changes on both sides, and saves nothing meanwhile', () => {
    const form = arrived(typed('Spring c'), theirs);
    expect(form.conflict?.fields).toEqual(['name', 'audience']);
    expect(savable(edited(form, { laneIds: [] }))).toEqual([]);
  });
  it('can be kept under the own changes', () => {
    const form = keptMine(arrived(typed('Spring c'), theirs));
    expect([form.fields.name, form.fields.audience, form.revision, savable(form)]).toEqual([
      'Spring c',
      { all: true },
      4,
      ['name'],
    ]);
  });
  it('can be taken instead', () => expect(takenTheirs(arrived(typed('Spring c'), theirs))).toEqual(formOf(theirs)));
  it('is the own save when its answer was lost on the way', () => {
    const form = arrived(
      notSaved(started(typed('Spring c')), new Error('lost')),
      draft({ revision: 4, name: 'Spring c' }),
    );
    expect([form.conflict, form.unsaved, form.problem, form.revision]).toEqual([null, [], null, 4]);
  });
});

describe('a rule as it is saved', () => {
  it.each([
    [{ tags: [], states: ['MA'] }, { states: ['MA'] }],
    [{ all: true as const }, { all: true }],
    [{ tags: [], cities: [] }, null],
    [{}, null],
    [null, null],
  ])('%j is %j: what is left empty does not become everybody', (rule, plain) => expect(plainRule(rule)).toEqual(plain));
  it('is sent as null when nobody is chosen any more', () => {
    const form = started(edited(formOf(draft()), { audience: plainRule({ tags: [] }) }));
    expect(changeFor(form, form.saving)).toEqual({ revision: 3, audience: null });
  });
});

describe('variants', () => {
  it('get the first free letter and the weight of the last one', () => {
    const [a, b] = withVariant([{ key: 'v0', label: 'A', weight: 3, body: '' }]);
    expect(b).toEqual({ key: 'v1', label: 'B', weight: 3, body: '' });
    if (b === undefined || a === undefined) throw new Error('there are two');
    expect(withVariant([b]).map((variant) => [variant.key, variant.label])).toEqual([
      ['v1', 'B'],
      ['v2', 'A'],
    ]);
  });
  it('are at most five', () => {
    let variants = withVariant([]);
    for (let i = 0; i < 10; i += 1) variants = withVariant(variants);
    expect(variants.map((variant) => variant.label)).toEqual(['A', 'B', 'C', 'D', 'E']);
  });
});
