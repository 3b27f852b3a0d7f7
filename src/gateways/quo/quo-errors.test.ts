import { describe, expect, it } from 'vitest';
import { deliveryStatus } from '../delivery-status.ts';
import type { GatewayProblem, SendOutcome } from '../gateway.ts';
import { classifyReadFailure, classifySendFailure } from './quo-errors.ts';

const HERE = '+16175550142';
const ABROAD = '+442071838750';
const account = { kind: 'refused_sender', scope: 'account', until: 'fixed' } as const;
const lane = { kind: 'refused_sender', scope: 'lane', until: 'fixed' } as const;
const recipient = { kind: 'refused_recipient', effect: 'none' } as const;
const unexplained = { kind: 'refused_recipient', effect: 'unexplained' } as const;
const unknown = { kind: 'unknown' } as const;
const path = (...paths: string[]) => ({ code: '0200400', errors: paths.map((at) => ({ path: at, message: 'x' })) });

describe('a send that is answered with an error', () => {
  it.each<[status: number, body: unknown, to: string, expected: Partial<SendOutcome>, why: string]>([
    [400, { code: '0206400' }, HERE, account, 'registration missing, although it is a 400'],
    [400, { code: 206400 }, HERE, account, 'the same after a proxy made a number of the code'],
    [400, { code: '21610' }, HERE, { ...recipient, effect: 'opted_out' }, 'opted out with the carrier'],
    [400, { code: 30006 }, HERE, { ...recipient, effect: 'invalid_number' }, 'a landline, although no path names it'],
    [400, { code: '30005' }, HERE, recipient, 'said once only'],
    [400, { code: '30007' }, HERE, recipient, 'filtered'],
    [403, { code: '30034' }, HERE, lane, 'not registered'],
    [400, path('/to/0'), HERE, { ...recipient, effect: 'invalid_number' }, 'the number is malformed'],
    [400, path('to.0'), HERE, { ...recipient, effect: 'invalid_number' }, 'the same in another spelling of paths'],
    [400, path('/content'), HERE, recipient, 'the text cannot be sent; the number is good'],
    [400, path('/from'), HERE, lane, 'the sender number is malformed'],
    [400, path('/userId', '/to/0'), HERE, lane, 'our own setting is wrong, whatever else is'],
    [400, path('/total'), HERE, unexplained, 'a field that only begins like "to"'],
    [400, { code: '0299400' }, HERE, unexplained, 'a code that nobody documented'],
    [400, { code: '0200400' }, HERE, unexplained, 'the code of every validation, without a field'],
    [422, path('/brandId'), HERE, unexplained, 'a field that nobody here knows'],
    [400, path('/brandId', '/content'), HERE, recipient, 'the text is among the fields'],
    [400, '<html>', HERE, unexplained, 'no JSON at all'],
    [422, path('/to/0'), HERE, { ...recipient, effect: 'invalid_number' }, 'validation in the other generation'],
    [413, undefined, HERE, recipient, 'too long'],
    [401, { code: '0200401' }, HERE, account, 'wrong key'],
    [401, undefined, HERE, account, 'wrong key, without a body'],
    [402, { code: '0200402' }, HERE, account, 'no credit'],
    [402, { code: '0201402' }, HERE, account, 'subscription expired'],
    [402, { code: '0299402' }, HERE, account, 'any other question of money'],
    [403, { code: '0202403' }, HERE, lane, 'the user may not use this number'],
    [403, { code: '0204403' }, HERE, { ...account, until: 'next_day' }, 'daily cap of the registration'],
    [403, { code: '0299403' }, HERE, lane, 'unexplained, inside the country'],
    [403, { code: '0299403' }, ABROAD, recipient, 'texting abroad is switched off'],
    [404, { code: '0200404' }, HERE, lane, 'unknown sender number'],
    [404, undefined, HERE, lane, 'wrong address'],
    [405, undefined, HERE, account, 'we speak to something else'],
    [408, undefined, HERE, unknown, 'somebody gave up waiting for us'],
    [409, undefined, HERE, unknown, 'conflict with what?'],
    [429, { code: '0200402' }, HERE, { kind: 'throttled', reason: 'rate_limit', retryAfterMs: 7_000 }, 'rate limit'],
    [500, { code: '0201500' }, HERE, unknown, 'may have been taken'],
    [500, { code: '0206400' }, HERE, unknown, 'a code cannot make a 500 certain'],
    [502, '<html>', HERE, unknown, 'the proxy does not know either'],
    [307, undefined, HERE, unknown, 'never followed'],
  ])('%i %j to %s is %j: %s', (status, body, to, expected) => {
    expect(classifySendFailure({ status, body, retryAfterMs: 7_000, to })).toMatchObject(expected);
  });

  it('carries the code and a sentence for people', () => {
    const body = { code: '0200402', title: 'Not Enough Credits', message: 'Add some' };
    expect(classifySendFailure({ status: 402, body, retryAfterMs: 0, to: HERE })).toMatchObject({
      code: '0200402',
      message: 'HTTP 402 0200402 Not Enough Credits: Add some',
    });
    expect(classifySendFailure({ status: 402, body: 7, retryAfterMs: 0, to: HERE })).toMatchObject({
      code: 'http_402',
    });
  });

  it('reads a body whose fields have the wrong types as far as it can', () => {
    const body = { code: ['0206400'], title: 7, message: null, errors: 'none' };
    expect(classifySendFailure({ status: 400, body, retryAfterMs: 0, to: HERE })).toMatchObject(unexplained);
  });
});

describe('a read that is answered with an error', () => {
  it.each<[number, GatewayProblem['kind']]>([
    [400, 'refused'],
    [401, 'unauthorized'],
    [402, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [408, 'unavailable'],
    [429, 'throttled'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [302, 'unavailable'],
  ])('%i is %s', (status, kind) => {
    const problem = classifyReadFailure({ status, body: undefined, retryAfterMs: 3_000 });
    expect(problem.kind).toBe(kind);
    expect(problem.retryAfterMs).toBe(kind === 'throttled' ? 3_000 : undefined);
  });
});

describe('statuses of both generations', () => {
  it.each([
    ['queued', 'queued'],
    ['accepted', 'queued'],
    ['scheduled', 'queued'],
    ['sending', 'sent'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'delivered'],
    ['partially_delivered', 'delivered'],
    ['undelivered', 'undelivered'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
    ['something new', 'queued'],
    [undefined, 'queued'],
  ])('%s is %s', (wire, ours) => expect(deliveryStatus(wire)).toBe(ours));
});
