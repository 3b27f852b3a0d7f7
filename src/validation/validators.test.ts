import { describe, expect, it } from 'vitest';
import {
  FAKE_KEYS,
  type FakeValidator,
  fakeNumverify,
  fakeTwilioLookup,
  refusal,
  type Trouble,
} from '../../test/fake-validators.ts';
import { storedE164 } from '../contacts/phone.ts';
import type { NumberValidator } from './number-validator.ts';
import { numverify } from './numverify.ts';
import { twilioLookup } from './twilio-lookup.ts';

const PHONE = storedE164('+16175550123');
const json = (status: number, body: object, headers = {}): Trouble => ({
  kind: 'body',
  status,
  body: JSON.stringify(body),
  headers,
});
const text = (status: number, body: string, headers = {}): Trouble => ({ kind: 'body', status, body, headers });

interface Case {
  readonly what: string;
  readonly trouble: Trouble;
  readonly kind: string;
  readonly retryAfterMs?: number;
}

const BOTH: readonly Case[] = [
  { what: 'a page of a proxy', trouble: text(200, '<html>Sign in</html>'), kind: 'down' },
  { what: 'an error page', trouble: text(502, '<html>Bad gateway</html>'), kind: 'down' },
  { what: 'an error with JSON', trouble: json(503, {}), kind: 'down' },
  { what: 'a connection that is cut', trouble: { kind: 'cut' }, kind: 'down' },
  {
    what: '429 that says when',
    trouble: text(429, '', { 'retry-after': '7' }),
    kind: 'throttled',
    retryAfterMs: 7_000,
  },
  { what: '429 that does not', trouble: json(429, {}), kind: 'throttled' },
  { what: 'JSON of another kind', trouble: json(200, { hello: 'world' }), kind: 'unreadable' },
  { what: 'a list', trouble: text(200, '[]'), kind: 'unreadable' },
  { what: 'words where a truth value belongs', trouble: json(200, { valid: 'true' }), kind: 'unreadable' },
  { what: 'a key that is not known', trouble: json(401, { code: 20003 }), kind: 'refused' },
];

const NUMVERIFY: readonly Case[] = [
  { what: 'no key', trouble: refusal(101, 'missing_access_key'), kind: 'refused' },
  { what: 'an account that is switched off', trouble: refusal(102, 'inactive_user'), kind: 'refused' },
  { what: 'the end of the month’s requests', trouble: refusal(104, 'usage_limit_reached'), kind: 'quota' },
  { what: 'the same under another code', trouble: refusal(999, 'usage_limit_reached', 429), kind: 'quota' },
  { what: 'a plan without HTTPS', trouble: refusal(105, 'https_access_restricted'), kind: 'refused' },
  { what: 'too fast', trouble: refusal(106, 'rate_limit_reached'), kind: 'throttled' },
  { what: 'too fast, without a type', trouble: json(200, { error: { code: '106' } }), kind: 'throttled' },
  {
    what: 'a number that it does not read',
    trouble: refusal(211, 'non_numeric_phone_number_provided'),
    kind: 'unreadable',
  },
  { what: 'no number', trouble: refusal(210, 'no_phone_number_provided', 400), kind: 'unreadable' },
];

const TWILIO: readonly Case[] = [
  { what: 'a number that it does not know', trouble: json(404, { code: 20404 }), kind: 'unreadable' },
  { what: 'an account that is suspended', trouble: json(403, { code: 20005 }), kind: 'refused' },
];

const services: readonly {
  readonly name: keyof typeof FAKE_KEYS;
  readonly open: () => Promise<FakeValidator>;
  readonly client: (account: { readonly url: string; readonly key: string }) => NumberValidator;
  readonly cases: readonly Case[];
  readonly lineTypes: Readonly<Record<string, string>>;
}[] = [
  {
    name: 'numverify',
    open: fakeNumverify,
    client: numverify,
    cases: [...BOTH, ...NUMVERIFY],
    lineTypes: {
      MOBILE: 'mobile',
      landline: 'landline',
      VoIP: 'voip',
      toll_free: 'toll_free',
      paging: 'pager',
      new: 'unknown',
    },
  },
  {
    name: 'twilio',
    open: fakeTwilioLookup,
    client: twilioLookup,
    cases: [...BOTH, ...TWILIO],
    lineTypes: { mobile: 'mobile', nonFixedVoip: 'voip', fixedVoip: 'voip', tollFree: 'toll_free', unknown: 'unknown' },
  },
];

describe.each(services)('$name', ({ name, open, client, cases, lineTypes }) => {
  it('tells type and carrier of a number', async () => {
    const fake = await open();
    const validator = client({ url: fake.url, key: FAKE_KEYS[name] });
    expect(await validator.validate(PHONE)).toEqual({
      ok: true,
      value: { valid: true, lineType: 'mobile', carrier: 'Example Mobile', country: 'US', raw: expect.anything() },
    });
    expect(fake.asked).toEqual(['16175550123']);
    for (const [word, lineType] of Object.entries(lineTypes)) {
      fake.numbers.set('16175550123', { valid: true, lineType: word });
      expect(await validator.validate(PHONE)).toMatchObject({ ok: true, value: { lineType, carrier: null } });
    }
  });

  it('tells that a number is not in use', async () => {
    const fake = await open();
    fake.numbers.set('16175550123', { valid: false, lineType: null });
    const answer = await client({ url: fake.url, key: FAKE_KEYS[name] }).validate(PHONE);
    expect(answer).toMatchObject({ ok: true, value: { valid: false, lineType: 'unknown', country: null } });
  });

  it('does not work with another key, and does not tell it', async () => {
    const fake = await open();
    const answer = await client({ url: fake.url, key: 'a-secret:that-is-wrong' }).validate(PHONE);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'refused' } });
    expect(JSON.stringify(answer)).not.toContain('that-is-wrong');
  });

  it.each(cases)('takes $what as $kind', async ({ trouble, kind, retryAfterMs }) => {
    const fake = await open();
    fake.trouble = trouble;
    const answer = await client({ url: fake.url, key: FAKE_KEYS[name] }).validate(PHONE);
    expect(answer).toMatchObject({ ok: false, error: { kind } });
    expect(!answer.ok && answer.error.retryAfterMs).toBe(retryAfterMs);
    expect(JSON.stringify(answer)).not.toContain(FAKE_KEYS[name]);
  });

  it('takes nothing that listens as down, without the key in its words', async () => {
    const answer = await client({ url: 'http://127.0.0.1:9', key: FAKE_KEYS[name] }).validate(PHONE);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'down' } });
    expect(JSON.stringify(answer)).not.toContain(FAKE_KEYS[name]);
  });

  it('stops when it is told to', async () => {
    const fake = await open();
    const stop = new AbortController();
    fake.hold = async () => stop.abort();
    const answer = await client({ url: fake.url, key: FAKE_KEYS[name] }).validate(PHONE, stop.signal);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'down' } });
  });
});
