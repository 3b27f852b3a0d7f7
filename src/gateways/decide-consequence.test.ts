import { describe, expect, it } from 'vitest';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import { type Consequence, consequenceOf } from './decide-consequence.ts';

const suppressed = (effect: 'opted_out' | 'blocked' | 'invalid_number' | 'out_of_use' | 'none'): Consequence => ({
  blames: 'recipient',
  effect,
});
const paused = (blames: 'lane' | 'account', until: 'fixed' | 'next_day' = 'fixed'): Consequence => ({ blames, until });

const MEANINGS: readonly [code: string, what: string, consequence: Consequence][] = [
  ['0206400', 'the business is not registered', paused('account')],
  ['0200401', 'the key is wrong', paused('account')],
  ['0200402', 'no credit', paused('account')],
  ['0201402', 'the subscription has expired', paused('account')],
  ['0202403', 'the user may not use this number', paused('lane')],
  ['0204403', 'the daily limit of the registration', paused('account', 'next_day')],
  ['0200404', 'unknown sender number', paused('lane')],
  ['20003', 'the key is wrong', paused('account')],
  ['20005', 'the account is not active', paused('account')],
  ['20006', 'the account may not', paused('account')],
  ['20008', 'a key for tests', paused('account')],
  ['10001', 'the account is not active', paused('account')],
  ['90010', 'the account is not active', paused('account')],
  ['21211', 'malformed number', suppressed('invalid_number')],
  ['21212', 'a sender that is no number of the provider', paused('lane')],
  ['21265', 'a short code', suppressed('invalid_number')],
  ['21266', 'to itself', suppressed('none')],
  ['21408', 'a country that is not switched on', suppressed('none')],
  ['21602', 'an empty text', suppressed('none')],
  ['21609', 'our address is no address', paused('account')],
  ['21617', 'too long', suppressed('none')],
  ['21659', 'a sender that is no number of the provider', paused('lane')],
  ['21660', 'a sender of another account', paused('lane')],
  ['30001', 'waited too long', suppressed('none')],
  ['30027', 'T-Mobile’s daily limit', paused('account', 'next_day')],
  ['30036', 'waited too long', suppressed('none')],
  ['30610', 'outside of the hours that the provider allows', suppressed('none')],
  ['63038', 'the account’s daily limit', paused('account', 'next_day')],
  ['21421', 'malformed number', suppressed('invalid_number')],
  ['21606', 'a sender that cannot send texts', paused('lane')],
  ['21608', 'a trial account', paused('account')],
  ['21610', 'the person has opted out with the provider', suppressed('opted_out')],
  ['21612', 'not reachable from this sender', suppressed('none')],
  ['21614', 'cannot receive texts', suppressed('invalid_number')],
  ['21635', 'a landline', suppressed('invalid_number')],
  ['30002', 'the account is suspended', paused('account')],
  ['30003', 'a phone that is switched off', suppressed('none')],
  ['30004', 'blocked', suppressed('blocked')],
  ['30005', 'an unknown number, believed the second time', suppressed('out_of_use')],
  ['30006', 'a landline', suppressed('invalid_number')],
  ['30007', 'filtered', { blames: 'words' }],
  ['30008', 'no reason given', suppressed('none')],
  ['30022', 'too fast', suppressed('none')],
  ['30023', 'the carrier’s daily limit', paused('account', 'next_day')],
  ['30024', 'a sender that is not set up', paused('lane')],
  ['30032', 'toll-free and not verified', paused('lane')],
  ['30033', 'the registration is suspended', paused('account')],
  ['30034', 'not registered (10DLC)', paused('lane')],
];

describe('a failure code', () => {
  it.each(MEANINGS)('%s (%s)', (code, _what, consequence) => {
    expect(consequenceOf(code)).toEqual(consequence);
    // Whoever reads of it is told what it means and what to do.
    expect(sentenceFor(code).sentence).not.toContain(code);
    expect(sentenceFor(code).remedy).not.toBe('');
  });

  it.each(['0200400', '0299400', '39999', 'undelivered', 'failed', '', null, undefined])(
    '%s has no consequence',
    (code) => expect(consequenceOf(code)).toBeUndefined(),
  );
});
