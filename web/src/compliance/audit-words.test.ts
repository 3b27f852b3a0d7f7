import { describe, expect, it } from 'vitest';
import { ID_PREFIXES } from '../../../src/platform/ids.ts';
import {
  aboutWords,
  actionWords,
  actorWords,
  auditSearch,
  detailParts,
  headOf,
  headText,
  subjectAddress,
  waitingWords,
} from './audit-words.ts';

const ID = '0'.repeat(32);
const HASH = 'a1'.repeat(32);

describe('an act in words', () => {
  it.each([
    ['campaign.launched', 'Campaign launched'],
    ['dnc_list.updated', 'Do-not-call list updated'],
    ['user.sign_in_failed', 'Sign-in failed'],
    ['message.settled_by_hand', 'Message settled by hand'],
    ['something.of_tomorrow', 'Something of tomorrow'],
  ])('%s: %s', (action, words) => expect(actionWords(action)).toBe(words));

  it.each([
    ['user:usr_1', 'Dana', 'Dana'],
    ['contact', null, 'The person on the phone'],
    ['cli:root', null, 'root, on the command line'],
    ['user:usr_1', null, 'A member'],
    ['somebody', null, 'somebody'],
  ])('%s named %s is %s', (actor, actorName, words) => expect(actorWords({ actor, actorName })).toBe(words));

  it.each([
    [{ subject: `cmp_${ID}`, phone: null, detail: { name: 'Spring' } }, 'Spring'],
    [{ subject: `con_${ID}`, phone: '+16175550123', detail: {} }, '(617) 555-0123'],
    [{ subject: '+16175550123', phone: null, detail: { name: 7 } }, '(617) 555-0123'],
    [{ subject: `imp_${ID}`, phone: null, detail: {} }, 'an import'],
    [{ subject: 'sending_policy', phone: null, detail: {} }, 'sending policy'],
  ])('%j is about %s', (entry, words) => expect(aboutWords(entry)).toBe(words));

  it.each(Object.values(ID_PREFIXES))('%s_… is about a thing that has a word', (prefix) =>
    expect(aboutWords({ subject: `${prefix}_${ID}`, phone: null, detail: {} })).not.toContain('0'),
  );

  it.each([
    [`cmp_${ID}`, `/campaigns/cmp_${ID}`],
    [`usr_${ID}`, '/settings/team'],
    ['cmp_1', undefined],
    ['business', undefined],
  ])('%s is at %s', (subject, address) => expect(subjectAddress(subject)).toBe(address));

  it('leaves out nothing that was recorded', () => {
    expect(detailParts({ rowCount: 0, reason: '', before: { a: 1 }, undone: false })).toEqual([
      { label: 'Row count', value: '0', block: false },
      { label: 'Reason', value: 'none', block: false },
      { label: 'Before', value: '{\n  "a": 1\n}', block: true },
      { label: 'Undone', value: 'no', block: false },
    ]);
  });
});

it.each([
  ['', {}],
  [' (617) 555-0123 ', { phone: '(617) 555-0123' }],
  [`cmp_${ID}`, { subject: `cmp_${ID}` }],
])('typed "%s" looks for %o', (typed, filters) => expect(auditSearch(typed)).toEqual(filters));

it.each([
  [0, 0, 'none waits'],
  [1, 0, '1 entry waits for a moment'],
  [3, 2, '2 entries have waited for a seal for more than a minute: no worker seals'],
])('%i without a seal, %i for long: %s', (waiting, overdue, words) =>
  expect(waitingWords({ waiting, overdue })).toBe(words),
);

it('reads a head as it was written down', () => {
  const head = { seq: 1_204, hash: HASH };
  expect(headOf(headText(head))).toEqual(head);
  expect(headOf(` 1204 : ${HASH.toUpperCase()}\n`)).toEqual(head);
  for (const wrong of ['', '1204', `0:${HASH}`, `1204:${HASH}0`, `x:${HASH}`]) expect(headOf(wrong)).toBeUndefined();
});
