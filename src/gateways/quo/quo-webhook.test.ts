import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant } from '../../platform/time.ts';
import { quoWebhookEdge } from './quo-webhook.ts';

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
/** Whether there were pictures is to be asked. */
const untold = { ...received, mediaUntold: true };

describe('payloads of all generations', () => {
  it.each<[string, unknown, object]>([
    ['v4 with a recipient as captured', legacyEvent('message.received', { ...incoming, text: 'Yes please' }), untold],
    [
      'v4 with recipients as in the guide',
      legacyEvent('message.received', { ...incoming, to: ['+15550002222'], text: 'Yes please', contactIds: [] }),
      untold,
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
      { ...untold, text: '' },
    ],
    [
      'v4 without number and time',
      legacyEvent('message.received', { ...incoming, text: 'Yes please', phoneNumberId: null, createdAt: null }),
      { ...untold, laneRef: undefined, at: instant('2026-01-02T03:04:05.678Z') },
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
        to: '+15550002222',
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

  it('delivered to a group is for nobody alone', () => {
    const event = legacyEvent('message.delivered', { ...outgoing, to: '+15550002222,+15550003333' }, 'v3');
    expect(parse(event)).toMatchObject({ ok: true, value: { type: 'message_status', to: undefined } });
  });

  it.each([
    ['a type of next year', legacyEvent('message.read', { anything: true })],
    ['a name that every object has', legacyEvent('constructor', {})],
    ['a key press in a menu', currentEvent('call.menu.selected', {})],
    ['an integration', currentEvent('integration.updated', {})],
    ['an event without data', { id: 'EVtest0001', type: 'task.created', createdAt: '2026-01-02T03:04:05.678Z' }],
  ])('%s is kept without effect, and nothing is wrong with it', (_what, event) => {
    const { id, type } = event;
    const at = instant(event.createdAt);
    expect(parse(event)).toEqual({ ok: true, value: { type: 'other', eventId: id, name: type, at } });
  });

  it.each<[string, { readonly type: string; readonly data: unknown }, string]>([
    ['a received text that is called outgoing', legacyEvent('message.received', outgoing), 'outgoing contradicts'],
    ['a delivered text that is called incoming', legacyEvent('message.delivered', incoming), 'incoming contradicts'],
    ['no sender', legacyEvent('message.received', { ...incoming, from: undefined }), 'no sender'],
    ['an anonymous sender', currentEvent('message.received', {}, { senderIdentifier: null }), 'no sender'],
    ['a sender in 65 characters', legacyEvent('message.received', { ...incoming, from: '1'.repeat(65) }), '.from: '],
    ['no message id', legacyEvent('message.delivered', { ...outgoing, id: '' }), 'data.object.id'],
    ['a list as id', legacyEvent('message.delivered', { ...outgoing, id: ['a'] }), 'data.object.id'],
    ['no object', legacyEvent('message.received', undefined), 'data.object'],
    ['a resource that is a text', { ...currentEvent('message.failed', {}), data: { resource: 'x' } }, 'data.resource'],
    ['a list as data', { ...legacyEvent('message.received', {}), data: [1] }, 'envelope.data'],
  ])('%s leaves nothing to be made of an event of a known type, and that is said', (_what, event, reason) => {
    expect(parse(event)).toMatchObject({
      ok: true,
      value: {
        type: 'other',
        name: event.type,
        unusable: expect.stringContaining(reason),
        repairs: expect.arrayContaining([expect.stringContaining(reason)]),
      },
    });
  });

  it.each<[string, object, object]>([
    ['a number as text', { text: 5 }, { text: '' }],
    ['a text that is one in the older field', { text: { a: 1 }, body: 'STOP' }, { text: 'STOP' }],
    ['recipients that are an object', { to: { number: '+15550002222' } }, { to: [] }],
    [
      'one recipient among several',
      { to: [7, '+15550002222', null, '+15550003333'] },
      { to: ['+15550002222', '+15550003333'] },
    ],
    ['a direction of another dialect', { direction: 'inbound' }, {}],
    ['media that are a text', { media: 'none' }, { media: [] }],
    [
      'some of the media',
      { media: [{ type: 5 }, { url: 5, type: 'a' }, null, { url: 'https://example.test/a', type: 6 }, 'x'] },
      { media: [{ url: 'https://example.test/a', type: undefined }], mediaUntold: undefined },
    ],
    ['an id that is a number', { id: 5 }, { gatewayMessageId: 'EVtest0001' }],
    ['a lane that is a number', { phoneNumberId: 12 }, { laneRef: undefined }],
    ['a time that is an object', { createdAt: {} }, { at: instant('2026-01-02T03:04:05.678Z') }],
    ['several fields at once', { to: 1, media: 2, phoneNumberId: 3 }, { to: [], media: [], laneRef: undefined }],
  ])('%s is left out, said, and nothing else is lost', (_what, garbage, expected) => {
    const object = { ...incoming, text: 'STOP', ...garbage };
    expect(parse(legacyEvent('message.received', object))).toEqual({
      ok: true,
      value: {
        ...untold,
        text: 'STOP',
        ...expected,
        repairs: expect.arrayContaining([expect.stringContaining('left out')]),
      },
    });
  });

  it('an event that does not say its id has one that is the same in every repetition', () => {
    const idOf = (event: unknown) => {
      const parsed = parse(event);
      return parsed.ok ? parsed.value.eventId : undefined;
    };
    const event = { ...legacyEvent('message.received', { ...incoming, text: 'STOP' }), id: 5 };
    expect(idOf(event)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(idOf(event)).toBe(idOf({ ...event }));
    expect(idOf(event)).not.toBe(idOf({ ...event, id: 6 }));
    expect(parse(event)).toMatchObject({ value: { type: 'message_received', text: 'STOP' } });
    const nameless = { ...event, data: { object: { ...incoming, id: undefined, text: 'STOP' } } };
    expect(parse(nameless)).toMatchObject({ value: { gatewayMessageId: idOf(nameless), text: 'STOP' } });
  });

  it('a field that is nested without end is cut, and the text stays', () => {
    const deep = `${'{"a":['.repeat(20_000)}${']}'.repeat(20_000)}`;
    const event = JSON.stringify(legacyEvent('message.received', { ...incoming, text: 'STOP', contactIds: 0 }));
    const parsed = quoWebhookEdge.parse(
      Buffer.from(event.replace('"contactIds":0', `"contactIds":${deep}`)),
      RECEIVED_AT,
    );
    expect(parsed).toMatchObject({
      ok: true,
      value: { text: 'STOP', repairs: [expect.stringContaining('nested more than 40 levels deep')] },
    });
  });

  it('says no more than twenty things of a body that is garbage all over', () => {
    const media = Array.from({ length: 1_000 }, () => 5);
    const parsed = parse(legacyEvent('message.received', { ...incoming, text: 'STOP', media }));
    expect(parsed).toMatchObject({ ok: true, value: { text: 'STOP', media: [] } });
    expect(parsed.ok && parsed.value.repairs).toHaveLength(20);
  });

  it.each(['', 'null', '[]', '5', '{}', '{"id":"EV1"}', '{"id":"EV1","type":5}', '{"id":"EV1","type":""}'])(
    '%j is no event',
    (body) => {
      expect(quoWebhookEdge.parse(Buffer.from(body), RECEIVED_AT)).toMatchObject({ ok: false });
    },
  );

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
    const repairs = expect.arrayContaining([
      expect.stringMatching(/^(envelope\.)?createdAt: .*left out/),
      expect.stringMatching(/^data\.object\.createdAt: .*left out/),
      'createdAt: replaced by the time of receipt',
    ]);
    expect(parse(event)).toMatchObject({ ok: true, value: { text: 'STOP', at: RECEIVED_AT, repairs } });
    // Where only one of the two is wrong, the other stands.
    const half = { ...event, createdAt: '2026-01-02T03:04:05.678Z' };
    expect(parse(half)).toMatchObject({ value: { at: instant('2026-01-02T03:04:05.678Z') } });
  });

  it.each([
    ['as old as a backlog', '2025-07-01T00:00:00Z'],
    ['of a clock that is a little ahead', '2026-01-02T03:09:05Z'],
  ])('a time %s stands', (_what, createdAt) => {
    const parsed = parse(legacyEvent('message.received', { ...incoming, text: 'STOP', createdAt }));
    expect(parsed).toEqual({ ok: true, value: { ...untold, text: 'STOP', at: instant(createdAt) } });
  });

  it('an event without a time has that of the receipt, and says so', () => {
    const event = { ...legacyEvent('call.ringing', {}), createdAt: undefined };
    expect(parse(event)).toMatchObject({
      value: { at: RECEIVED_AT, repairs: expect.arrayContaining(['createdAt: replaced by the time of receipt']) },
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

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.jsonValue(), (bytes, json) => {
        quoWebhookEdge.parse(bytes, RECEIVED_AT);
        parse(json);
        for (const type of ['message.received', 'message.failed', 'call.completed', 'callSummary', 'contact.updated']) {
          expect(parse(legacyEvent(type, json)).ok).toBe(true);
          expect(parse({ ...legacyEvent(type, undefined), data: { resource: json, context: json } }).ok).toBe(true);
        }
      }),
    );
  });

  it('does not guess at bytes that are no UTF-8', () => {
    const body = JSON.stringify(legacyEvent('message.received', { ...incoming, text: 'Yes please' }));
    const rawBody = Buffer.from(body);
    rawBody.writeUInt8(0xff, body.indexOf('Yes'));
    expect(quoWebhookEdge.parse(rawBody, RECEIVED_AT).ok).toBe(false);
  });
});
