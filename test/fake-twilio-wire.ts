import { createHash, createHmac } from 'node:crypto';
import type { ApiAnswer } from '../src/gateways/sandbox/wire.ts';
import { instantFromMs } from '../src/platform/time.ts';

/** Shapes of Twilio's API of 2010-04-01 and of what it posts, field by field as documented. Nothing of the product is in here. */

export interface TwilioNumber {
  /** `PN...` */
  readonly sid: string;
  readonly phone: string;
  readonly name: string;
  readonly sms?: boolean;
  readonly voice?: boolean;
}

export interface TwilioText {
  readonly sid: string;
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-reply';
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly atMs: number;
  readonly statusCallback: string | undefined;
  /** Not by the program that is tested. */
  readonly byAnother?: true;
  /** It left the queue. */
  sentAtMs: number | undefined;
  updatedAtMs: number;
  status: 'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'received';
  errorCode: string | undefined;
}

export interface TwilioCall {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly atMs: number;
  readonly endedAtMs: number;
  readonly answered: boolean;
  isOver: boolean;
  /** When that was ready. */
  recordedAtMs: number | undefined;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Without fractions of a second, as on the real wire. */
export function rfc2822(atMs: number): string {
  const at = instantFromMs(atMs).toZonedDateTimeISO('UTC');
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${DAYS[at.dayOfWeek % 7]}, ${two(at.day)} ${MONTHS[at.month - 1]} ${at.year}`;
  return `${day} ${two(at.hour)}:${two(at.minute)}:${two(at.second)} +0000`;
}

export const messageJson = (accountSid: string, text: TwilioText) => ({
  sid: text.sid,
  account_sid: accountSid,
  messaging_service_sid: null,
  from: text.from,
  to: text.to,
  body: text.body,
  status: text.status,
  direction: text.direction,
  num_segments: '1',
  num_media: '0',
  price: null,
  price_unit: 'USD',
  error_code: text.errorCode === undefined ? null : Number(text.errorCode),
  error_message: null,
  date_created: rfc2822(text.atMs),
  date_sent: text.sentAtMs === undefined ? null : rfc2822(text.sentAtMs),
  date_updated: rfc2822(text.updatedAtMs),
  api_version: '2010-04-01',
  uri: `/2010-04-01/Accounts/${accountSid}/Messages/${text.sid}.json`,
});

const secondsOf = ({ atMs, endedAtMs }: TwilioCall): number => Math.floor(endedAtMs / 1_000) - Math.floor(atMs / 1_000);

const statusOf = ({ isOver, answered }: TwilioCall): string =>
  isOver ? (answered ? 'completed' : 'no-answer') : 'ringing';

export const callJson = (accountSid: string, call: TwilioCall) => ({
  sid: call.sid,
  parent_call_sid: null,
  account_sid: accountSid,
  from: call.from,
  to: call.to,
  status: statusOf(call),
  direction: 'inbound',
  date_created: rfc2822(call.atMs),
  date_updated: rfc2822(call.isOver ? call.endedAtMs : call.atMs),
  start_time: rfc2822(call.atMs),
  end_time: call.isOver ? rfc2822(call.endedAtMs) : null,
  duration: call.isOver ? String(call.answered ? secondsOf(call) : 0) : null,
  uri: `/2010-04-01/Accounts/${accountSid}/Calls/${call.sid}.json`,
});

const recordingSid = ({ sid }: TwilioCall): string => `RE${sid.slice('CA'.length)}`;

export const recordingJson = (accountSid: string, call: TwilioCall, recordedAtMs: number) => ({
  sid: recordingSid(call),
  account_sid: accountSid,
  call_sid: call.sid,
  status: 'completed',
  channels: 2,
  source: 'StartCallRecordingAPI',
  duration: String(secondsOf(call)),
  start_time: rfc2822(call.atMs),
  date_created: rfc2822(recordedAtMs),
  date_updated: rfc2822(recordedAtMs),
  uri: `/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid(call)}.json`,
});

export const numberJson = (
  accountSid: string,
  number: TwilioNumber,
  settings: { readonly smsUrl: string; readonly statusCallback: string },
) => ({
  sid: number.sid,
  account_sid: accountSid,
  phone_number: number.phone,
  friendly_name: number.name,
  capabilities: { voice: number.voice ?? true, sms: number.sms ?? true, mms: true, fax: false },
  sms_url: settings.smsUrl,
  sms_method: 'POST',
  status_callback: settings.statusCallback,
});

export const errorAnswer = (
  status: number,
  code: number,
  { message = 'Refused', retryAfter }: { readonly message?: string; readonly retryAfter?: string } = {},
): ApiAnswer => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
});

/** The signature of a form, by the steps of the documentation. */
export function signForm(url: string, form: URLSearchParams, authToken: string): string {
  let signed = url;
  for (const name of [...new Set(form.keys())].toSorted())
    for (const value of [...new Set(form.getAll(name))].toSorted()) signed += name + value;
  return createHmac('sha1', authToken).update(signed).digest('base64');
}

/** The address of a JSON body, and the signature of that address. */
export function signJson(url: string, body: string, authToken: string) {
  const signed = `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
  return { url: signed, signature: createHmac('sha1', authToken).update(signed).digest('base64') };
}

export const inboundForm = (
  accountSid: string,
  text: Pick<TwilioText, 'sid' | 'from' | 'to' | 'body'>,
): URLSearchParams =>
  new URLSearchParams({
    ToCountry: 'US',
    ToState: 'MA',
    SmsMessageSid: text.sid,
    NumMedia: '0',
    ToCity: '',
    FromZip: '02139',
    SmsSid: text.sid,
    FromState: 'MA',
    SmsStatus: 'received',
    FromCity: 'CAMBRIDGE',
    Body: text.body,
    FromCountry: 'US',
    To: text.to,
    ToZip: '',
    NumSegments: '1',
    MessageSid: text.sid,
    AccountSid: accountSid,
    From: text.from,
    ApiVersion: '2010-04-01',
  });

export const receiptForm = (
  accountSid: string,
  text: Pick<TwilioText, 'sid' | 'from' | 'to' | 'status' | 'errorCode'>,
): URLSearchParams =>
  new URLSearchParams({
    SmsSid: text.sid,
    SmsStatus: text.status,
    MessageStatus: text.status,
    To: text.to,
    MessageSid: text.sid,
    AccountSid: accountSid,
    From: text.from,
    ApiVersion: '2010-04-01',
    ...(text.errorCode === undefined ? {} : { ErrorCode: text.errorCode }),
  });

/** What a number's StatusCallback gets when a call to it is over. */
export const callForm = (accountSid: string, call: TwilioCall): URLSearchParams =>
  new URLSearchParams({
    Called: call.to,
    To: call.to,
    CallStatus: statusOf(call),
    From: call.from,
    Direction: 'inbound',
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    Caller: call.from,
    CallDuration: String(call.answered ? secondsOf(call) : 0),
    CallSid: call.sid,
    Timestamp: rfc2822(call.endedAtMs),
    CallbackSource: 'call-progress-events',
    SequenceNumber: '0',
  });

/** What a RecordingStatusCallback gets. */
export const recordingForm = (accountSid: string, call: TwilioCall): URLSearchParams =>
  new URLSearchParams({
    RecordingSource: 'StartCallRecordingAPI',
    RecordingTrack: 'both',
    RecordingSid: recordingSid(call),
    RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid(call)}`,
    RecordingStatus: 'completed',
    RecordingChannels: '2',
    ErrorCode: '0',
    CallSid: call.sid,
    RecordingStartTime: rfc2822(call.atMs),
    AccountSid: accountSid,
    RecordingDuration: String(secondsOf(call)),
  });
