import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMs, instant, instantFromMs } from '../../platform/time.ts';
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
  readonly body?: string;
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

  it('reads ten digits in the older scheme as seconds', () => {
    const signature = createHmac('sha256', Buffer.from(KEY, 'base64')).update(`1767323045.${BODY}`).digest('base64');
    expect(verify({ headers: { 'openphone-signature': `hmac;1;1767323045;${signature}` } })).toEqual(good());
  });

  it('says which of two secrets matched', () => {
    expect(verify({ headers: LEGACY, secrets: ['bmV3', KEY] })).toEqual(good(1));
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    [
      'hexadecimal instead of base64',
      { 'openphone-signature': `hmac;1;1767323045678;${Buffer.from('KZUy', 'base64').toString('hex')}` },
    ],
    ['another version', { 'openphone-signature': legacySignature.replace(';1;', ';2;') }],
    ['a timestamp that was not signed', { 'openphone-signature': legacySignature.replace('045678', '045679') }],
    ['a timestamp that is none', { 'openphone-signature': legacySignature.replace('1767323045678', 'now') }],
    ['base64 with an extra character', { 'openphone-signature': `${legacySignature}=` }],
    ['nothing', { 'openphone-signature': '' }],
    ['another delivery id', { ...CURRENT, 'webhook-id': 'msg_test0002' }],
    ['no delivery id', { 'webhook-timestamp': '1767323045', 'webhook-signature': CURRENT['webhook-signature'] }],
    [
      'an asymmetric entry only',
      { ...CURRENT, 'webhook-signature': 'v1a,IrdRvFEkzVpO/9AARgi0wqC6u+fMtegisTdZUV8PljM=' },
    ],
  ])('refuses %s', (_what, headers) => {
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

  it('refuses any body that differs in one byte', () => {
    fc.assert(
      fc.property(fc.nat(BODY.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const rawBody = Buffer.from(BODY);
        rawBody.writeUInt8(rawBody.readUInt8(at) ^ flip, at);
        const header = (name: string): string | undefined =>
          name === 'openphone-signature' ? legacySignature : undefined;
        const verified = quoWebhookEdge.verify({
          url: 'https://textwright.example/webhooks/quo',
          rawBody,
          header,
          secrets: [KEY],
          now: SIGNED_AT,
          toleranceMs: WINDOW_MS,
        });
        expect(verified.ok).toBe(false);
      }),
    );
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

const RECEIVED_AT = instant('2026-01-02T03:04:06Z');
const parse = (event: unknown) => quoWebhookEdge.parse(Buffer.from(JSON.stringify(event)), RECEIVED_AT);
const legacyEvent = (type: string, object: unknown, apiVersion = 'v4') => ({
  id: 'EVtest0001',
  object: 'event',
  apiVersion,
  createdAt: '2026-01-02T03:04:05.678Z',
  type,
  data: { object, deepLink: 'https://my.quo.com/inbox/PNtest01/c/CNtest01?at=ACtest0001' },
});
const incoming = {
  id: 'ACtest0001',
  object: 'message',
  from: '+15550001111',
  to: '+15550002222',
  direction: 'incoming',
  status: 'received',
  createdAt: '2026-01-02T03:04:05.000Z',
  userId: 'UStest01',
  phoneNumberId: 'PNtest01',
};
const received = {
  type: 'message_received',
  eventId: 'EVtest0001',
  gatewayMessageId: 'ACtest0001',
  from: '+15550001111',
  to: ['+15550002222'],
  laneRef: 'PNtest01',
  text: 'Yes please',
  media: [],
  at: instant('2026-01-02T03:04:05Z'),
};

describe('payloads of all generations', () => {
  it.each<[string, unknown, object]>([
    ['v4 with a recipient as captured', legacyEvent('message.received', { ...incoming, text: 'Yes please' }), received],
    [
      'v4 with recipients as in the guide',
      legacyEvent('message.received', { ...incoming, to: ['+15550002222'], text: 'Yes please', contactIds: [] }),
      received,
    ],
    [
      'v2 with body, media and a group joined by commas',
      legacyEvent(
        'message.received',
        {
          ...incoming,
          to: '+15550002222, +15550003333',
          body: 'Yes please',
          media: [{ url: 'https://example.test/a.jpg', type: 'image/jpeg' }, { url: 'https://example.test/b' }],
          conversationId: 'CNtest01',
        },
        'v2',
      ),
      {
        ...received,
        to: ['+15550002222', '+15550003333'],
        media: [
          { url: 'https://example.test/a.jpg', type: 'image/jpeg' },
          { url: 'https://example.test/b', type: undefined },
        ],
      },
    ],
    [
      'v3 whose sample calls an incoming text delivered, with a picture only',
      legacyEvent('message.received', { ...incoming, status: 'delivered', body: null, createdBy: null }, 'v3'),
      { ...received, text: '' },
    ],
    [
      'v4 without number and time',
      legacyEvent('message.received', { ...incoming, text: 'Yes please', phoneNumberId: null, createdAt: null }),
      { ...received, laneRef: undefined, at: instant('2026-01-02T03:04:05.678Z') },
    ],
  ])('%s', (_what, event, expected) => {
    expect(parse(event)).toEqual({ ok: true, value: expected });
  });

  const outgoing = { ...incoming, direction: 'outgoing', status: 'delivered', text: 'Hi Sam' };
  it('v4 delivered carries the time of the delivery, not of the text', () => {
    expect(parse(legacyEvent('message.delivered', outgoing))).toEqual({
      ok: true,
      value: {
        type: 'message_status',
        eventId: 'EVtest0001',
        gatewayMessageId: 'ACtest0001',
        status: 'delivered',
        errorCode: undefined,
        at: instant('2026-01-02T03:04:05.678Z'),
      },
    });
  });

  const currentEvent = (type: string, resource: object, context: object = {}) => ({
    id: 'EVtest0002',
    apiVersion: '2026-03-30',
    createdAt: '2026-01-02T03:04:05.000Z',
    type,
    data: {
      resource: { id: 'ACtest0002', createdAt: '2026-01-02T03:04:00.000Z', ...resource },
      context: {
        orgId: 'ORtest01',
        phoneNumberId: 'PNtest01',
        conversationId: 'CNtest01',
        contacts: { ids: [], lookupStatus: 'none' },
        senderIdentifier: '+15550001111',
        recipientIdentifiers: ['+15550002222'],
        ...context,
      },
      links: { quo: 'https://my.quo.com/inbox/PNtest01/c/CNtest01' },
    },
  });

  it.each([
    ['message.delivered', null, 'delivered', undefined],
    ['message.undelivered', '30006', 'undelivered', '30006'],
    ['message.failed', '30007', 'failed', '30007'],
    ['message.failed', null, 'failed', undefined],
  ])('2026-03-30 %s with error %s', (type, wireCode, status, errorCode) => {
    const event = currentEvent(type, { direction: 'outgoing', text: 'Hi Sam', status, errorCode: wireCode });
    expect(parse(event)).toMatchObject({
      ok: true,
      value: { type: 'message_status', gatewayMessageId: 'ACtest0002', status, errorCode },
    });
  });

  it('2026-03-30 received takes sender, recipients and lane from the context', () => {
    const event = currentEvent('message.received', {
      direction: 'incoming',
      text: 'STOP',
      media: [],
      status: 'received',
    });
    expect(parse(event)).toEqual({
      ok: true,
      value: {
        ...received,
        eventId: 'EVtest0002',
        gatewayMessageId: 'ACtest0002',
        text: 'STOP',
        at: instant('2026-01-02T03:04:00Z'),
      },
    });
  });

  it.each([
    ['a call', legacyEvent('call.completed', { id: 'ACtest0003', object: 'call', participants: [] })],
    [
      'a summary, which has no id',
      legacyEvent('call.summary.completed', { object: 'callSummary', callId: 'ACtest0003' }),
    ],
    ['a type of next year', legacyEvent('message.read', { anything: true })],
    ['an event without data', { id: 'EVtest0001', type: 'task.created', createdAt: '2026-01-02T03:04:05.678Z' }],
    ['a received text that is called outgoing', legacyEvent('message.received', outgoing)],
    ['a delivered text that is called incoming', legacyEvent('message.delivered', incoming)],
  ])('%s has no effect', (_what, event) => {
    expect(parse(event)).toMatchObject({ ok: true, value: { type: 'other', eventId: 'EVtest0001', name: event.type } });
  });

  it.each<[string, unknown, string]>([
    ['no sender', legacyEvent('message.received', { ...incoming, from: undefined }), 'data.object.from'],
    [
      'an anonymous sender in the context',
      currentEvent('message.received', {}, { senderIdentifier: null }),
      'no sender',
    ],
    ['no message id', legacyEvent('message.delivered', { ...outgoing, id: '' }), 'data.object.id'],
    ['no object', legacyEvent('message.received', undefined), 'data.object'],
  ])('names what is wrong: %s', (_what, event, path) => {
    const parsed = parse(event);
    expect(parsed.ok ? '' : parsed.error.message).toContain(path);
  });

  it.each([
    ['of year 0', '0000-01-01T00:00:00Z'],
    ['of year 1', '0001-01-01T00:00:00Z'],
    ['that is a zero of some database', '0000-00-00 00:00:00'],
    ['of more than a year ago', '2024-12-31T00:00:00Z'],
    ['later than the receipt', '2026-01-02T03:09:07Z'],
    ['at the end of time', '+275760-09-13T00:00:00Z'],
    ['in words', 'yesterday'],
    ['in seconds', 1_767_323_046],
  ])('a time %s becomes the time of receipt, and says so', (_what, createdAt) => {
    const event = { ...legacyEvent('message.received', { ...incoming, text: 'STOP', createdAt }), createdAt };
    const repairs = [expect.stringMatching(/^createdAt: .*replaced by the time of receipt/)];
    expect(parse(event)).toMatchObject({ ok: true, value: { text: 'STOP', at: RECEIVED_AT, repairs } });
  });

  it.each([
    ['as old as a backlog', '2025-07-01T00:00:00Z'],
    ['of a clock that is a little ahead', '2026-01-02T03:09:05Z'],
  ])('a time %s stands', (_what, createdAt) => {
    const parsed = parse(legacyEvent('message.received', { ...incoming, text: 'STOP', createdAt }));
    expect(parsed).toEqual({ ok: true, value: { ...received, text: 'STOP', at: instant(createdAt) } });
  });

  it('an event without a time has that of the receipt, and says so', () => {
    const event = { ...legacyEvent('call.ringing', {}), createdAt: undefined };
    expect(parse(event)).toMatchObject({
      value: { at: RECEIVED_AT, repairs: ['createdAt: missing, so the time of receipt'] },
    });
  });

  it('what PostgreSQL cannot store is dropped from every field, and that is said', () => {
    const object = { ...incoming, id: 'AC\u0000test0001', from: '+1555000\u00001111', text: 'ST\u0000OP \ud83d' };
    const event = {
      ...legacyEvent('message.received', object),
      id: 'EV\u0000test0001',
      type: 'message.received\u0000',
    };
    const parsed = parse(event);
    expect(parsed).toMatchObject({
      value: {
        ...received,
        text: 'STOP \ufffd',
        repairs: expect.arrayContaining(['id: dropped what cannot be stored']),
      },
    });
  });

  it('an id that no index takes is replaced by one that stays the same', () => {
    const eventId = (id: string) => {
      const parsed = parse({ ...legacyEvent('call.ringing', {}), id });
      return parsed.ok ? parsed.value.eventId : undefined;
    };
    const long = 'x'.repeat(5_000);
    expect(eventId(long)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(eventId(long)).toBe(eventId(long));
    expect(eventId(long)).not.toBe(eventId(`${long}y`));
  });

  it('a sender longer than any number is kept without effect', () => {
    const event = legacyEvent('message.received', { ...incoming, from: '1'.repeat(65), text: 'STOP' });
    expect(parse(event)).toMatchObject({ value: { type: 'other', name: 'message.received' } });
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.jsonValue(), (bytes, json) => {
        quoWebhookEdge.parse(bytes, RECEIVED_AT);
        parse(json);
        parse(legacyEvent('message.received', json));
      }),
    );
  });

  it('does not guess at bytes that are no UTF-8', () => {
    const rawBody = Buffer.from(BODY);
    rawBody.writeUInt8(0xff, BODY.indexOf('Yes'));
    expect(quoWebhookEdge.parse(rawBody, RECEIVED_AT).ok).toBe(false);
  });
});
