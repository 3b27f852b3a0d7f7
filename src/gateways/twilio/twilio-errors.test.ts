import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../gateway.ts';
import { classifyReadFailure, classifySendFailure, saysMessageIsUnknown } from './twilio-errors.ts';

const failed = (status: number, code: number | undefined) => ({
  status,
  body: code === undefined ? '<html>' : { code, message: 'Said by the provider', status },
  retryAfterMs: 1_500,
});
const account = { kind: 'refused_sender', scope: 'account', until: 'fixed' } as const;
const lane = { kind: 'refused_sender', scope: 'lane', until: 'fixed' } as const;
const recipient = (effect: 'none' | 'opted_out' | 'invalid_number' | 'unexplained') =>
  ({ kind: 'refused_recipient', effect }) as const;
const throttled = { kind: 'throttled', reason: 'rate_limit', retryAfterMs: 1_500 } as const;

describe('an answer to a text', () => {
  it.each<[what: string, status: number, code: number | undefined, outcome: Partial<SendOutcome>]>([
    ['the person has opted out', 400, 21610, recipient('opted_out')],
    ['a malformed number', 400, 21211, recipient('invalid_number')],
    ['a number that cannot receive texts', 400, 21614, recipient('invalid_number')],
    ['a landline', 400, 21635, recipient('invalid_number')],
    ['not reachable from this number', 400, 21612, recipient('none')],
    ['a country that is not switched on', 400, 21408, recipient('none')],
    ['an empty text', 400, 21602, recipient('none')],
    ['a text that is too long', 400, 21617, recipient('none')],
    ['a code that nobody here has met', 400, 21999, recipient('unexplained')],
    ['a 400 without a code', 400, undefined, recipient('unexplained')],
    ['a number that cannot send', 400, 21606, lane],
    ['a number of nobody', 400, 21212, lane],
    ['a number of another account', 400, 21660, lane],
    ['a number without registration', 400, 30034, lane],
    ['a trial account', 400, 21608, account],
    ['an address for receipts that is none', 400, 21609, account],
    ['a wrong key', 401, 20003, account],
    ['an account that is not active', 401, 20005, account],
    ['an unpaid account', 402, undefined, account],
    ['a forbidden request', 403, 20006, account],
    ['an unknown account', 404, 20404, account],
    ['the page of a proxy', 404, undefined, account],
    ['the day is full', 429, 63038, { kind: 'refused_sender', scope: 'account', until: 'next_day' }],
    ['too many requests', 429, 20429, throttled],
    ['a 429 without a code', 429, undefined, throttled],
    ['a full queue', 400, 21611, throttled],
    ['a conflict', 409, undefined, { kind: 'unknown' }],
    ['a server error', 500, 20500, { kind: 'unknown' }],
    ['a server error that names a recipient', 503, 21610, { kind: 'unknown' }],
    ['a redirect', 307, undefined, { kind: 'unknown' }],
  ])('%s', (_what, status, code, outcome) => {
    expect(classifySendFailure(failed(status, code))).toMatchObject(outcome);
  });

  it('is told in the words of the provider, with its code as text', () => {
    expect(classifySendFailure(failed(400, 21610))).toMatchObject({
      code: '21610',
      message: 'HTTP 400 21610 Said by the provider',
    });
    expect(classifySendFailure(failed(400, undefined))).toMatchObject({ code: 'http_400', message: 'HTTP 400' });
  });
});

describe('an answer to a question', () => {
  it.each([
    [401, 20003, { kind: 'unauthorized' }],
    [429, 20429, { kind: 'throttled', retryAfterMs: 1_500 }],
    [400, 20001, { kind: 'refused' }],
    [404, undefined, { kind: 'refused' }],
    [408, undefined, { kind: 'unavailable' }],
    [500, undefined, { kind: 'unavailable' }],
  ])('%i with code %s', (status, code, problem) => {
    expect(classifyReadFailure(failed(status, code))).toMatchObject(problem);
  });

  it('says that a message does not exist only in the words of the provider', () => {
    expect(saysMessageIsUnknown(404, { code: 20404 })).toBe(true);
    expect(saysMessageIsUnknown(404, '<html>')).toBe(false);
    expect(saysMessageIsUnknown(400, { code: 20404 })).toBe(false);
  });
});
