import type { Random } from '../../platform/random.ts';
import { addMs, type Instant, SECOND_MS } from '../../platform/time.ts';
import { ERROR_CODES, madeId, THEIR_TEXTS } from '../made-facts.ts';
import { TWILIO_EVENT_TYPES, type TwilioEventType, type TwilioRequestKind } from './twilio-payload-types.ts';
import { formatRfc2822 } from './twilio-schemas.ts';
import { signTwilioForm } from './twilio-signature.ts';

/** What a made request is to say; what is left open is drawn. */
export interface TwilioPayloadInput {
  readonly type: TwilioEventType;
  /** When it happens. */
  readonly at: Instant;
  readonly random: Random;
  readonly from: string;
  readonly to: string;
  readonly accountSid: string;
  readonly text?: string | undefined;
  readonly media?: readonly { readonly url: string; readonly type: string }[] | undefined;
}

/**
 * The form of a request as the provider would post it, encoded, for development, tests and load. It is made from what is known of the
 * wire, not from the code that reads it.
 */
export function twilioPayload(input: TwilioPayloadInput): string {
  const [kind, status] = TWILIO_EVENT_TYPES[input.type];
  const fields = { AccountSid: input.accountSid, ...FIELDS[kind](input, status) };
  return new URLSearchParams(fields).toString();
}

/** The headers with which the provider would post it to `url`: no time is in them, so that every attempt has the same. */
export const twilioHeaders = (
  body: string,
  { secret, url }: { readonly secret: string; readonly url: string },
): Readonly<Record<string, string>> => ({
  'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
  'x-twilio-signature': signTwilioForm({ url, secret, rawBody: Buffer.from(body) }),
});

type FieldsOf = (input: TwilioPayloadInput, status: string) => Readonly<Record<string, string>>;

const API_VERSION = '2010-04-01';

const textFields: FieldsOf = ({ random, from, to, text, media = [] }, status) => {
  const sid = madeId(media.length === 0 ? 'SM' : 'MM', random);
  return {
    ToCountry: 'US',
    ToState: 'MA',
    SmsMessageSid: sid,
    NumMedia: String(media.length),
    ToCity: '',
    FromZip: '02139',
    SmsSid: sid,
    FromState: 'MA',
    SmsStatus: status,
    FromCity: 'CAMBRIDGE',
    Body: text ?? random.pick(THEIR_TEXTS),
    FromCountry: 'US',
    To: to,
    ToZip: '',
    NumSegments: '1',
    MessageSid: sid,
    From: from,
    ApiVersion: API_VERSION,
    ...Object.fromEntries(
      media.flatMap(({ url, type }, index) => [
        [`MediaContentType${index}`, type],
        [`MediaUrl${index}`, url],
      ]),
    ),
  };
};

const WITH_ERROR: ReadonlySet<string> = new Set(['undelivered', 'failed']);

const receiptFields: FieldsOf = ({ random, from, to }, status) => {
  const sid = madeId('SM', random);
  return {
    SmsSid: sid,
    SmsStatus: status,
    MessageStatus: status,
    To: to,
    MessageSid: sid,
    From: from,
    ApiVersion: API_VERSION,
    ...(WITH_ERROR.has(status) ? { ErrorCode: random.pick(ERROR_CODES) } : {}),
  };
};

const CALL_SECONDS = { min: 20, max: 600 } as const;
const BEGUN: ReadonlySet<string> = new Set(['queued', 'initiated', 'ringing', 'in-progress']);

/** As a number's StatusCallback says it, and the callback of a call's progress. */
const callFields: FieldsOf = ({ random, from, to, at }, status) => {
  const seconds = status === 'completed' ? random.int(CALL_SECONDS.min, CALL_SECONDS.max) : 0;
  return {
    Called: to,
    To: to,
    CallStatus: status,
    From: from,
    Direction: 'inbound',
    ApiVersion: API_VERSION,
    Caller: from,
    CallSid: madeId('CA', random),
    Timestamp: formatRfc2822(at),
    CallbackSource: 'call-progress-events',
    SequenceNumber: '0',
    ...(BEGUN.has(status) ? {} : { CallDuration: String(seconds) }),
  };
};

const recordingFields: FieldsOf = ({ random, at, accountSid }, status) => {
  const seconds = random.int(CALL_SECONDS.min, CALL_SECONDS.max);
  const sid = madeId('RE', random);
  return {
    RecordingSource: 'StartCallRecordingAPI',
    RecordingTrack: 'both',
    RecordingSid: sid,
    RecordingStatus: status,
    RecordingChannels: '2',
    ErrorCode: '0',
    CallSid: madeId('CA', random),
    RecordingStartTime: formatRfc2822(addMs(at, -seconds * SECOND_MS)),
    ...(status === 'completed'
      ? {
          RecordingUrl: `https://api.twilio.com/${API_VERSION}/Accounts/${accountSid}/Recordings/${sid}`,
          RecordingDuration: String(seconds),
        }
      : {}),
  };
};

/** What the provider's debugger posts when something of the account goes wrong. */
const debuggerFields: FieldsOf = ({ random, at }, level) => ({
  Sid: madeId('NO', random),
  ParentAccountSid: '',
  Level: level,
  Timestamp: at.toString({ smallestUnit: 'millisecond' }),
  PayloadType: 'application/json',
  Payload: JSON.stringify({ resource_sid: madeId('SM', random), service_sid: null, error_code: '11200' }),
});

const FIELDS: Readonly<Record<TwilioRequestKind, FieldsOf>> = {
  text: textFields,
  receipt: receiptFields,
  call: callFields,
  recording: recordingFields,
  debugger: debuggerFields,
};
