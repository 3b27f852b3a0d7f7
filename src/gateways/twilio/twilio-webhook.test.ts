import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signForm, signJson } from '../../../test/fake-twilio-wire.ts';
import { instant } from '../../platform/time.ts';
import type { WebhookRefusal } from '../gateway.ts';
import { twilioWebhookEdge } from './twilio-webhook.ts';

const NOW = instant('2026-01-02T03:04:06Z');
const TOKEN = 'test-auth-token';
const URL_OF_US = 'https://textwright.example/webhooks/twilio/acc_1';
const TEXT = {
  AccountSid: 'ACtest0001',
  Body: 'STOP',
  From: '+15550001111',
  MessageSid: 'SMtest0001',
  NumMedia: '0',
  To: '+15550002222',
};

const verify = (input: {
  readonly body: string;
  readonly signature?: string | undefined;
  readonly url?: string;
  readonly secrets?: readonly string[];
}) =>
  twilioWebhookEdge.verify({
    url: input.url ?? URL_OF_US,
    rawBody: Buffer.from(input.body),
    header: (name) => (name === 'x-twilio-signature' ? input.signature : undefined),
    secrets: input.secrets ?? [TOKEN],
    now: NOW,
    toleranceMs: 300_000,
  });
const formText = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();
const refused = (reason: WebhookRefusal['reason']) => ({ ok: false, error: { reason } });
const good = (secretIndex = 0) => ({ ok: true, value: { secretIndex } });

describe('a signature', () => {
  it('of the published vector is good', () => {
    const url = 'https://example.test/hooks/twilio?tenant=1';
    expect(verify({ url, body: formText(TEXT), signature: 'cHRf3tLvOG07PAYJkjG7/x5pM2g=' })).toEqual(good());
  });

  it.each<[string, string]>([
    ['fields in any order', 'To=%2B15550002222&Body=a&AccountSid=ACtest0001'],
    ['fields that nobody here knows', 'Zebra=1&aardvark=2&AccountSid=ACtest0001'],
    ['a repeated field with one value twice', 'Media=b&Media=a&Media=b&AccountSid=ACtest0001'],
    ['empty values, spaces and plus signs', 'Body=a+b%20c%2B&City=&AccountSid=ACtest0001'],
    ['emoji and accents', formText({ Body: '¿Sí? 👍', AccountSid: 'ACtest0001' })],
    ['no field at all', ''],
  ])('covers %s', (_what, body) => {
    const signature = signForm(URL_OF_US, new URLSearchParams(body), TOKEN);
    expect(verify({ body, signature })).toEqual(good());
    expect(verify({ body: `${body}&Extra=1`, signature })).toMatchObject(refused('signature_wrong'));
  });

  it.each([
    ['https://textwright.example:443/webhooks/twilio/acc_1', 'https://textwright.example/webhooks/twilio/acc_1'],
    ['https://textwright.example/webhooks/twilio/acc_1', 'https://textwright.example:443/webhooks/twilio/acc_1'],
    ['http://textwright.example:80/x?a=1', 'http://textwright.example/x?a=1'],
    ['http://127.0.0.1:7080/x', 'http://127.0.0.1:7080/x'],
  ])('over %s is good where we are %s', (signed, ours) => {
    const signature = signForm(signed, new URLSearchParams(TEXT), TOKEN);
    expect(verify({ url: ours, body: formText(TEXT), signature })).toEqual(good());
  });

  it('over another address is refused: it was made for somebody else', () => {
    const signature = signForm('https://elsewhere.example/webhooks/twilio/acc_1', new URLSearchParams(TEXT), TOKEN);
    expect(verify({ body: formText(TEXT), signature })).toMatchObject(refused('signature_wrong'));
    expect(verify({ body: formText(TEXT) })).toMatchObject(refused('signature_missing'));
    expect(verify({ body: formText(TEXT), signature: '' })).toMatchObject(refused('signature_wrong'));
  });

  it('under either of two tokens is good, and it says under which', () => {
    const signature = signForm(URL_OF_US, new URLSearchParams(TEXT), TOKEN);
    const body = formText(TEXT);
    expect(verify({ body, signature, secrets: ['the-secondary-token', TOKEN] })).toEqual(good(1));
    expect(verify({ body, signature, secrets: ['the-secondary-token'] })).toMatchObject(refused('signature_wrong'));
  });

  it('under no token at all is never good', () => {
    const signature = signForm(URL_OF_US, new URLSearchParams(TEXT), '');
    expect(verify({ body: formText(TEXT), signature, secrets: [''] })).toMatchObject(refused('signature_wrong'));
  });

  it('binds a JSON body by its hash', () => {
    const body = '{"AccountSid":"ACtest0001","MessageSid":"SMtest0001","Body":"é"}';
    const { url, signature } = signJson(URL_OF_US, body, TOKEN);
    expect(verify({ url, body, signature })).toEqual(good());
    expect(verify({ url, body: body.replace('é', 'e'), signature })).toMatchObject(refused('signature_wrong'));
    const forged = url.replace(/=.*/, `=${'0'.repeat(64)}`);
    expect(verify({ url: forged, body, signature })).toMatchObject(refused('signature_wrong'));
  });

  it('is refused for any body that differs in one byte of a value', () => {
    const body = formText(TEXT);
    const signature = signForm(URL_OF_US, new URLSearchParams(body), TOKEN);
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 127 }), (at, flip) => {
        const changed = Buffer.from(body);
        changed.writeUInt8(changed.readUInt8(at) ^ flip, at);
        const text = changed.toString();
        // %2b is %2B.
        fc.pre(signForm('', new URLSearchParams(text), TOKEN) !== signForm('', new URLSearchParams(body), TOKEN));
        expect(verify({ body: text, signature }).ok).toBe(false);
      }),
    );
  });
});

const parse = (fields: Readonly<Record<string, string>>) =>
  twilioWebhookEdge.parse(Buffer.from(formText({ AccountSid: 'ACtest0001', ...fields })), NOW);
const received = {
  ...TEXT,
  SmsSid: 'SMtest0001',
  SmsMessageSid: 'SMtest0001',
  SmsStatus: 'received',
  NumSegments: '1',
};

describe('a text of a person', () => {
  it('is of the time of receipt, of one number, without media', () => {
    expect(parse(received)).toEqual({
      ok: true,
      value: {
        type: 'message_received',
        eventId: 'SMtest0001:received',
        gatewayMessageId: 'SMtest0001',
        from: '+15550001111',
        to: ['+15550002222'],
        laneRef: '+15550002222',
        text: 'STOP',
        media: [],
        at: NOW,
      },
    });
  });

  it('brings its pictures, words or none', () => {
    const media = { NumMedia: '2', MediaUrl0: 'https://api.twilio.com/m/0', MediaContentType0: 'image/jpeg' };
    expect(parse({ ...received, Body: '', ...media, MediaUrl1: 'https://api.twilio.com/m/1' })).toMatchObject({
      value: {
        text: '',
        media: [
          { url: 'https://api.twilio.com/m/0', type: 'image/jpeg' },
          { url: 'https://api.twilio.com/m/1', type: undefined },
        ],
      },
    });
    expect(parse({ ...received, NumMedia: '999999999' })).toMatchObject({ value: { media: [] } });
    expect(parse({ ...received, NumMedia: 'many' })).toMatchObject({ value: { media: [] } });
  });

  it.each([
    ['STOP', 'opt_out'],
    ['START', 'opt_in'],
    ['help', 'help'],
    ['OTHER', undefined],
  ])('that Twilio has taken for %s says so', (OptOutType, keyword) => {
    const event = parse({ ...received, Body: 'basta', OptOutType });
    expect(event.ok && event.value.type === 'message_received' && event.value.keyword).toBe(keyword);
  });

  it('over another channel is of the same person', () => {
    const event = parse({ ...received, From: 'rcs:+15550001111' });
    expect(event).toMatchObject({ value: { from: '+15550001111' } });
  });

  it('from no number, or from one that no store takes, cannot have its effect, and says so', () => {
    const { From: _, ...nobody } = received;
    const unusable = expect.stringContaining('From');
    expect(parse(nobody)).toMatchObject({ value: { type: 'other', name: 'twilio.Message.received', unusable } });
    expect(parse({ ...received, From: 'x'.repeat(65) })).toMatchObject({ value: { type: 'other', unusable } });
  });

  it('that says neither which one it is nor to which number is a text of that person', () => {
    const { MessageSid: _, SmsSid: __, SmsMessageSid: ___, To: ____, ...rest } = received;
    const gatewayMessageId = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
    expect(parse(rest)).toMatchObject({
      value: { type: 'message_received', text: 'STOP', from: '+15550001111', to: [], gatewayMessageId },
    });
    expect(parse(rest)).toEqual(parse(rest));
  });

  it('that a database would refuse is put right', () => {
    const event = parse({ ...received, Body: 'ST\u0000OP', MessageSid: 'S'.repeat(5_000) });
    expect(event).toMatchObject({
      value: {
        text: 'STOP',
        gatewayMessageId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        repairs: ['Body: dropped what cannot be stored', 'MessageSid: 5000 characters replaced by their SHA-256'],
      },
    });
  });
});

describe('a receipt', () => {
  const receipt = { MessageSid: 'SMtest0001', SmsSid: 'SMtest0001', From: '+15550002222', To: '+15550001111' };
  it.each([
    ['accepted', 'queued'],
    ['scheduled', 'queued'],
    ['queued', 'queued'],
    ['sending', 'sent'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'delivered'],
    ['partially_delivered', 'delivered'],
    ['undelivered', 'undelivered'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ])('of %s is %s, and an event of its own', (MessageStatus, status) => {
    expect(parse({ ...receipt, MessageStatus, SmsStatus: MessageStatus })).toEqual({
      ok: true,
      value: {
        type: 'message_status',
        eventId: `SMtest0001:${MessageStatus}`,
        gatewayMessageId: 'SMtest0001',
        to: '+15550001111',
        status,
        errorCode: undefined,
        at: NOW,
      },
    });
  });

  it('names why', () => {
    const why = (ErrorCode: string) => {
      const event = parse({ ...receipt, MessageStatus: 'undelivered', ErrorCode });
      return event.ok && event.value.type === 'message_status' && event.value.errorCode;
    };
    expect(why('30005')).toBe('30005');
    expect(why('')).toBeUndefined();
    expect(why('0')).toBeUndefined();
    expect(why('9'.repeat(12_000))).toBeUndefined();
  });

  it('of a word that nobody here knows has no effect', () => {
    expect(parse({ ...receipt, MessageStatus: 'pondering' })).toMatchObject({
      ok: true,
      value: { type: 'other', name: 'twilio.Message.pondering' },
    });
  });
});

describe('a call', () => {
  const call = {
    CallSid: 'CAtest0001',
    From: '+15550001111',
    To: '+15550002222',
    Direction: 'inbound',
    Timestamp: 'Fri, 02 Jan 2026 03:04:05 +0000',
  };
  const times = (fields: Readonly<Record<string, string>>) => {
    const event = parse({ ...call, ...fields });
    if (!event.ok || event.value.type !== 'call_progress') throw new Error('expected a call');
    const { startedAt, answeredAt, endedAt } = event.value.call;
    const text = { startedAt, answeredAt, endedAt, at: event.value.at };
    return Object.fromEntries(Object.entries(text).map(([name, at]) => [name, at?.toString()]));
  };
  const at = '2026-01-02T03:04:05Z';
  it.each([
    ['queued', 'ringing', { startedAt: at }],
    ['ringing', 'ringing', { startedAt: at }],
    ['in-progress', 'answered', { answeredAt: at }],
    ['completed', 'completed', { endedAt: at }],
    ['no-answer', 'missed', { endedAt: at }],
    ['busy', 'missed', { endedAt: at }],
    ['canceled', 'missed', { endedAt: at }],
    ['failed', 'missed', { endedAt: at }],
  ])('that is %s: %s', (CallStatus, step, facts) => {
    expect(parse({ ...call, CallStatus })).toMatchObject({
      ok: true,
      value: {
        type: 'call_progress',
        eventId: `CAtest0001:${CallStatus}`,
        step,
        call: {
          gatewayCallId: 'CAtest0001',
          direction: 'inbound',
          laneRef: '+15550002222',
          participants: ['+15550001111', '+15550002222'],
          status: CallStatus,
        },
      },
    });
    expect(times({ CallStatus })).toEqual({ at, ...facts });
  });

  it('that lasted was answered that long before its end, and one of no seconds was not', () => {
    const ended = { CallStatus: 'completed', CallDuration: '65' };
    expect(times(ended)).toEqual({ at, endedAt: at, answeredAt: '2026-01-02T03:03:00Z' });
    expect(times({ ...ended, CallDuration: '0' })).toEqual({ at, endedAt: at });
  });

  it('of ours that nobody took is not one that we missed', () => {
    expect(parse({ ...call, Direction: 'outbound-api', CallStatus: 'no-answer' })).toMatchObject({
      value: { step: 'completed', call: { direction: 'outbound', laneRef: '+15550001111' } },
    });
  });

  it('that is said to begin later than it was told of says no beginning', () => {
    const call = { CallSid: 'CA1', CallStatus: 'completed', StartTime: 'Mon, 17 Nov 9026 15:00:00 +0000' };
    expect(parse(call)).toMatchObject({ value: { call: { startedAt: undefined } } });
  });

  it.each(['', 'yesterday', 'Fri, 99 Jan 2026 03:04:05 +0000', 'Sat, 03 Jan 2026 03:04:05 +0000'])(
    'is of the time of receipt when it says "%s"',
    (Timestamp) => {
      expect(times({ CallStatus: 'completed', Timestamp })).toMatchObject({ at: NOW.toString() });
    },
  );
});

describe('an address that is too long for anybody', () => {
  const endless = `sip:${'x'.repeat(70)}@example.test`;

  it('is left out of a receipt and of a call, which count all the same', () => {
    expect(parse({ MessageSid: 'SM1', MessageStatus: 'failed', To: endless })).toMatchObject({
      value: { type: 'message_status', to: undefined },
    });
    const call = { CallSid: 'CA1', CallStatus: 'completed', Direction: 'inbound', From: endless, To: '+15550002222' };
    expect(parse(call)).toMatchObject({ value: { type: 'call_progress', call: { participants: ['+15550002222'] } } });
  });
});

describe('a recording', () => {
  const recording = {
    CallSid: 'CAtest0001',
    RecordingSid: 'REtest0001',
    RecordingUrl: 'https://api.twilio.com/2010-04-01/Accounts/ACtest0001/Recordings/REtest0001',
    RecordingDuration: '62',
    RecordingStartTime: 'Fri, 02 Jan 2026 03:03:00 +0000',
    RecordingStatus: 'completed',
    RecordingSource: 'DialVerb',
  };
  const made = {
    ref: 'REtest0001',
    url: 'https://api.twilio.com/2010-04-01/Accounts/ACtest0001/Recordings/REtest0001.mp3',
    mediaType: 'audio/mpeg',
    durationSeconds: 62,
  };

  it('that is finished is one of its call, which it names by the id alone', () => {
    const event = parse(recording);
    expect(event).toMatchObject({
      ok: true,
      value: {
        type: 'call_recording',
        eventId: 'REtest0001:completed',
        call: { gatewayCallId: 'CAtest0001', participants: [], status: undefined, endedAt: undefined },
        recordings: [made],
        at: NOW,
      },
    });
    const [first] = event.ok && event.value.type === 'call_recording' ? event.value.recordings : [];
    expect(first?.startedAt?.toString()).toBe('2026-01-02T03:03:00Z');
  });

  it.each(['in-progress', 'absent', 'failed'])('that is %s is kept without effect', (RecordingStatus) => {
    expect(parse({ ...recording, RecordingStatus, CallStatus: 'completed' })).toMatchObject({
      value: { type: 'other', name: 'twilio.Call.completed' },
    });
  });

  it('of no call, as of a conference, is kept without effect', () => {
    expect(parse({ ...recording, CallSid: '', ConferenceSid: 'CFtest0001' })).toMatchObject({
      value: { type: 'other' },
    });
  });

  it('of a whole call comes with its end', () => {
    const { RecordingStatus: _, ...whole } = recording;
    const ended = { CallStatus: 'completed', CallDuration: '65', From: '+15550001111', To: '+15550002222' };
    expect(parse({ ...whole, ...ended, Direction: 'inbound' })).toMatchObject({
      value: { type: 'call_progress', step: 'completed', recordings: [made] },
    });
  });
});

describe('a text in the books', () => {
  const listed = { ...TEXT, From: '+15550002222', To: '+15550001111', Timestamp: 'Thu, 01 Jan 2026 03:04:05 +0000' };

  it('that went out, whoever sent it, is no receipt, and of the time that is said', () => {
    const event = parse({ ...listed, ListedDirection: 'outbound-api' });
    expect(event).toMatchObject({
      value: {
        type: 'message_sent',
        eventId: 'SMtest0001:listed',
        from: '+15550002222',
        to: ['+15550001111'],
        laneRef: '+15550002222',
        text: 'STOP',
      },
    });
    expect(event.ok && event.value.at.toString()).toBe('2026-01-01T03:04:05Z');
  });

  it('that came in, or its end, has the id of the post that told of it', () => {
    expect(parse({ ...listed, SmsStatus: 'received' })).toMatchObject({ value: { eventId: 'SMtest0001:received' } });
    expect(parse({ ...listed, MessageStatus: 'failed' })).toMatchObject({ value: { eventId: 'SMtest0001:failed' } });
  });
});

describe('whatever else is posted', () => {
  it('is kept, the same body once', () => {
    const alarm = { Sid: 'NOtest0001', Level: 'ERROR', Payload: '{"error_code":"11200"}' };
    const [first, again, other] = [parse(alarm), parse(alarm), parse({ ...alarm, Level: 'WARNING' })];
    expect(first).toMatchObject({ ok: true, value: { type: 'other', name: 'twilio.Resource.ERROR', at: NOW } });
    expect(again).toEqual(first);
    expect(other.ok && other.value.eventId).not.toBe(first.ok && first.value.eventId);
  });

  it('as JSON is read like a form', () => {
    const json = Buffer.from(JSON.stringify({ ...received, NumMedia: 0, nested: { Body: 'no' } }));
    expect(twilioWebhookEdge.parse(json, NOW)).toMatchObject({ value: { type: 'message_received', text: 'STOP' } });
  });

  it('under a name that a database would refuse is kept under the rest of it', () => {
    expect(parse({ 'Odd\u0000Sid': 'XX1', Level: 'a\u0000b' })).toMatchObject({
      value: { type: 'other', name: 'twilio.Odd.ab', repairs: [expect.any(String), expect.any(String)] },
    });
  });

  it.each([
    ['an array', Buffer.from('[]')],
    ['no JSON', Buffer.from('{"AccountSid":')],
    ['no account', Buffer.from('MessageSid=SM1&MessageStatus=sent')],
    ['bytes that are no UTF-8', Buffer.from([0x41, 0xff, 0xfe])],
    ['prototype keys', Buffer.from('__proto__=1&constructor=2')],
  ])('and is %s is called unreadable', (_what, body) => {
    expect(twilioWebhookEdge.parse(body, NOW).ok).toBe(false);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        twilioWebhookEdge.parse(Buffer.concat([Buffer.from('AccountSid=AC1&MessageSid='), bytes]), NOW);
        verify({ body: Buffer.from(bytes).toString('latin1'), signature: 'x' });
      }),
    );
  });
});
