import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMs, instantFromMs } from '../../platform/time.ts';
import type { WebhookRefusal } from '../gateway.ts';
import { quoWebhookEdge } from './quo-webhook.ts';

const BODY =
  '{"id":"EVtest0001","object":"event","apiVersion":"v4","createdAt":"2026-01-02T03:04:05.678Z","type":"message.received","data":{"object":{"id":"ACtest0001","object":"message","from":"+15550001111","to":["+15550002222"],"direction":"incoming","text":"Yes please","status":"received","createdAt":"2026-01-02T03:04:05.000Z","userId":"UStest01","phoneNumberId":"PNtest01"}}}';
const KEY = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const LEGACY = { 'openphone-signature': 'hmac;1;1767323045678;KZUys8vOZYxBLWE6CBO9FhpWnrPNIAa9NlrTZ8523SU=' };
const CURRENT = {
  'webhook-id': 'msg_test0001',
  'webhook-timestamp': '1767323045',
  'webhook-signature': 'v1,IrdRvFEkzVpO/9AARgi0wqC6u+fMtegisTdZUV8PljM=',
};
const SIGNED_AT = instantFromMs(1_767_323_045_678);
const WINDOW_MS = 300_000;

const verify = (input: {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly secrets?: readonly string[];
  readonly now?: typeof SIGNED_AT;
}) =>
  quoWebhookEdge.verify({
    url: 'https://textwright.example/webhooks/quo',
    rawBody: Buffer.from(input.body ?? BODY),
    header: (name) => input.headers[name],
    secrets: input.secrets ?? [KEY],
    now: input.now ?? SIGNED_AT,
    toleranceMs: WINDOW_MS,
  });

const flipped = (bytes: Buffer, at: number, bit: number): Buffer => {
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  return bytes;
};

const good = (secretIndex = 0) => ({ ok: true, value: { secretIndex } });
const refused = (reason: WebhookRefusal['reason']) => ({ ok: false, error: { reason } });

describe('signatures of both generations', () => {
  it('accepts the published vectors', () => {
    expect(verify({ headers: LEGACY })).toEqual(good());
    expect(verify({ headers: CURRENT, secrets: [`whsec_${KEY}`] })).toEqual(good());
  });

  it('accepts the public vector of Standard Webhooks', () => {
    const verified = verify({
      headers: {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      body: '{"test": 2432232314}',
      secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
      now: instantFromMs(1_614_265_330_000),
    });
    expect(verified).toEqual(good());
  });

  const legacySignature = LEGACY['openphone-signature'];
  it.each<[string, Readonly<Record<string, string>>]>([
    ['several, of which the last is ours', { 'openphone-signature': `hmac;1;1767323045678;AAAA, ${legacySignature}` }],
    ['another scheme before ours', { 'openphone-signature': `ed25519;1;1;x,${legacySignature}` }],
    [
      'entries of another version',
      { ...CURRENT, 'webhook-signature': `v1a,x v1,AAAA ${CURRENT['webhook-signature']}` },
    ],
  ])('accepts %s', (_what, headers) => {
    expect(verify({ headers })).toEqual(good());
  });

  const hmac = (signed: string): string =>
    createHmac('sha256', Buffer.from(KEY, 'base64')).update(signed).digest('base64');

  it('reads ten digits as seconds and thirteen as milliseconds, in either scheme', () => {
    const legacy = hmac(`1767323045.${BODY}`);
    expect(verify({ headers: { 'openphone-signature': `hmac;1;1767323045;${legacy}` } })).toEqual(good());
    const current = `v1,${hmac(`msg_1.1767323045678.${BODY}`)}`;
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': '1767323045678', 'webhook-signature': current };
    expect(verify({ headers })).toEqual(good());
  });

  it('says which of two secrets matched', () => {
    expect(verify({ headers: LEGACY, secrets: ['bmV3', KEY] })).toEqual(good(1));
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    [
      'hexadecimal instead of base64',
      { 'openphone-signature': `hmac;1;1767323045678;${Buffer.from('KZUy', 'base64').toString('hex')}` },
    ],
    ['a timestamp that was not signed', { 'openphone-signature': legacySignature.replace('045678', '045679') }],
    ['base64 with an extra character', { 'openphone-signature': `${legacySignature}=` }],
    ['another delivery id', { ...CURRENT, 'webhook-id': 'msg_test0002' }],
    [
      'a wrong signature beside one of a scheme that is not known',
      { 'openphone-signature': `hmac;1;1767323045678;AAAA,hmac;2;1767323045678;AAAA` },
    ],
  ])('refuses %s', (_what, headers) => {
    expect(verify({ headers })).toMatchObject(refused('signature_wrong'));
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['hmac;2', { 'openphone-signature': legacySignature.replace(';1;', ';2;') }, 'scheme "hmac", version "2"'],
    ['ed25519;1', { 'openphone-signature': 'ed25519;1;1767323045678;x' }, 'scheme "ed25519", version "1"'],
    ['v2', { ...CURRENT, 'webhook-signature': CURRENT['webhook-signature'].replace('v1', 'v2') }, 'version "v2"'],
    ['the asymmetric v1a', { ...CURRENT, 'webhook-signature': 'v1a,x' }, 'version "v1a"'],
    ['v2 beside something cut short', { ...CURRENT, 'webhook-signature': 'v1 v2,x' }, 'version "v2"'],
    ['a scheme in control characters', { 'openphone-signature': '\u001b[2J;1;1767323045678;x' }, 'scheme "\\u001b[2J"'],
  ])('refuses what only has %s, and says so', (_what, headers, message) => {
    const verified = verify({ headers });
    expect(verified).toMatchObject(refused('signature_unsupported'));
    expect(verified).toMatchObject({ error: { message: expect.stringContaining(message) } });
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['nothing', { 'openphone-signature': '' }, 'expected hmac;1;<timestamp>;<base64>, got ""'],
    ['no signature', { 'openphone-signature': 'hmac;1;1767323045678' }, 'got "hmac;1;1767323045678"'],
    ['a time in words', { 'openphone-signature': legacySignature.replace('1767323045678', 'now') }, 'got "now"'],
    ['a time of 12 digits', { 'openphone-signature': 'hmac;1;176732304567;x' }, '10 or 13 digits, got "176732304567"'],
    ['a fifth field', { 'openphone-signature': `${legacySignature};x` }, 'openphone-signature'],
    ['no delivery id', { 'webhook-timestamp': '1767323045', 'webhook-signature': 'v1,x' }, 'webhook-id: missing'],
    ['no timestamp', { 'webhook-id': 'msg_1', 'webhook-signature': 'v1,x' }, 'webhook-timestamp: expected 10 or 13'],
    ['a bare version', { ...CURRENT, 'webhook-signature': 'v1' }, 'expected v1,<base64>, got "v1"'],
  ])('refuses %s as malformed, and says how', (_what, headers, message) => {
    const verified = verify({ headers });
    expect(verified).toMatchObject(refused('signature_malformed'));
    expect(verified).toMatchObject({ error: { message: expect.stringContaining(message) } });
  });

  it('checks both headers where both are sent', () => {
    expect(verify({ headers: { ...CURRENT, 'webhook-signature': 'v1,AAAA', ...LEGACY } })).toEqual(good());
    expect(verify({ headers: { ...CURRENT, 'openphone-signature': 'hmac;1;1767323045678;AAAA' } })).toEqual(good());
  });

  it('takes no more than eight signatures of one request', () => {
    const wrong = Array.from({ length: 8 }, () => 'hmac;1;1767323045678;AAAA').join(',');
    const headers = { 'openphone-signature': `${wrong},${legacySignature}` };
    expect(verify({ headers })).toMatchObject(refused('signature_wrong'));
  });

  it('refuses a request without either header', () => {
    expect(verify({ headers: { 'x-openphone-signature': 'abc' } })).toMatchObject(refused('signature_missing'));
  });

  it.each(['', 'whsec_', '====', '!!'])('never signs with the empty key that %j decodes to', (secret) => {
    const signature = createHmac('sha256', Buffer.alloc(0)).update(`1767323045678.${BODY}`).digest('base64');
    const headers = { 'openphone-signature': `hmac;1;1767323045678;${signature}` };
    expect(verify({ headers, secrets: [secret] })).toMatchObject(refused('signature_wrong'));
  });

  const schemes: readonly { readonly name: string; readonly headers: Readonly<Record<string, string>> }[] = [
    { name: 'the older scheme', headers: LEGACY },
    { name: 'Standard Webhooks', headers: CURRENT },
  ];

  it.each(schemes)('refuses one flipped bit anywhere in the body, under $name', ({ headers }) => {
    fc.assert(
      fc.property(fc.nat(BODY.length - 1), fc.nat(7), (at, bit) => {
        const rawBody = flipped(Buffer.from(BODY), at, bit);
        const verified = verify({ headers, body: rawBody });
        expect(verified).toMatchObject(refused('signature_wrong'));
      }),
    );
  });

  it.each(schemes)('refuses one flipped bit anywhere in timestamp, id and signature, under $name', ({ headers }) => {
    for (const [name, value] of Object.entries(headers))
      for (let at = 0; at < value.length; at += 1)
        for (let bit = 0; bit < 8; bit += 1) {
          const changed = flipped(Buffer.from(value, 'latin1'), at, bit).toString('latin1');
          expect(verify({ headers: { ...headers, [name]: changed } }).ok, `${name}: ${changed}`).toBe(false);
        }
  });

  it.each([
    ['as old as the window', WINDOW_MS, good()],
    ['a millisecond older', WINDOW_MS + 1, refused('timestamp_outside_window')],
    ['as far ahead as the window', -WINDOW_MS, good()],
    ['a millisecond further ahead', -WINDOW_MS - 1, refused('timestamp_outside_window')],
  ])('a request %s', (_what, ageMs, expected) => {
    expect(verify({ headers: LEGACY, now: addMs(SIGNED_AT, ageMs) })).toMatchObject(expected);
  });
});
