import type { ApiRequest } from '../src/gateways/sandbox/routes.ts';
import type { ApiAnswer } from '../src/gateways/sandbox/wire.ts';
import { instant } from '../src/platform/time.ts';
import {
  callJson,
  errorAnswer,
  messageJson,
  numberJson,
  recordingJson,
  type TwilioCall,
  type TwilioNumber,
  type TwilioText,
} from './fake-twilio-wire.ts';

/** What one account at the fake Twilio holds, and how its API answers. */
export interface FakeAccount {
  readonly accountSid: string;
  readonly authTokens: readonly string[];
  readonly numbers: readonly TwilioNumber[];
  /** In the order in which they came to be. */
  readonly texts: TwilioText[];
  readonly calls: TwilioCall[];
  /** `<number of ours> <person>` that have said STOP to it. */
  readonly blocked: Set<string>;
  /** By number, as last set. */
  readonly settings: Map<string, { readonly smsUrl: string; readonly statusCallback: string }>;
  /** The last body that was posted to the API. */
  lastForm: string;
  refusal: ApiAnswer | undefined;
  addText(text: NewText): TwilioText;
  nowMs(): number;
  /** Posts one event, unless it is to be lost. */
  send(url: string, form: URLSearchParams): Promise<boolean>;
  at(dueMs: number, action: () => void): void;
  /** A text was taken: whatever becomes of it begins now. */
  deliver(text: TwilioText): void;
}

export type NewText = Omit<TwilioText, 'sid' | 'atMs' | 'sentAtMs' | 'updatedAtMs' | 'errorCode'>;

const E164 = /^\+[1-9]\d{6,14}$/;
const NOT_FOUND = errorAnswer(404, 20404, { message: 'The requested resource was not found' });
const QUEUED_SECONDS_MAX = 36_000;

export function answerRequest(account: FakeAccount, request: ApiRequest): ApiAnswer {
  const { pathname } = new URL(request.target, 'http://fake');
  const root = `/2010-04-01/Accounts/${account.accountSid}`;
  const known = account.authTokens.map((token) => `Basic ${btoa(`${account.accountSid}:${token}`)}`);
  if (!known.includes(request.authorization ?? '') || !pathname.startsWith(root))
    return errorAnswer(401, 20003, { message: 'Authenticate' });
  const [, kind, sid, part] =
    /^\/(Messages|IncomingPhoneNumbers|Calls)(?:\/([^/]+))?(\/Recordings)?\.json$/.exec(pathname.slice(root.length)) ??
    [];
  if (request.method === 'POST') account.lastForm = Buffer.from(request.body).toString('utf8');
  if (kind === 'IncomingPhoneNumbers')
    return sid === undefined ? listNumbers(account, request.target) : setNumber(account, sid);
  if (kind === 'Calls')
    return part === undefined ? callsAt(account, sid, request.target) : listRecordings(account, sid);
  if (kind === 'Messages' && sid === undefined)
    return request.method === 'POST' ? sendText(account) : listTexts(account, request.target);
  const text = account.texts.find((made) => made.sid === sid);
  return text === undefined ? NOT_FOUND : { status: 200, body: messageJson(account.accountSid, text) };
}

function sendText(account: FakeAccount): ApiAnswer {
  const form = new URLSearchParams(account.lastForm);
  const [to, from, body] = [form.get('To') ?? '', form.get('From') ?? '', form.get('Body') ?? ''];
  const waits = Number(form.get('ValidityPeriod') ?? QUEUED_SECONDS_MAX);
  if (account.refusal !== undefined) return account.refusal;
  if (!E164.test(to)) return errorAnswer(400, 21211, { message: `Invalid 'To' Phone Number: ${to}` });
  if (!account.numbers.some(({ phone }) => phone === from)) return errorAnswer(400, 21212);
  if (body.trim() === '') return errorAnswer(400, 21602, { message: 'Message body is required.' });
  if (!(waits >= 1 && waits <= QUEUED_SECONDS_MAX)) return errorAnswer(400, 21626);
  if (account.blocked.has(`${from} ${to}`))
    return errorAnswer(400, 21610, { message: 'Attempt to send to unsubscribed recipient' });
  const statusCallback = form.get('StatusCallback') ?? undefined;
  const text = account.addText({ direction: 'outbound-api', from, to, body, status: 'queued', statusCallback });
  account.deliver(text);
  return { status: 201, body: messageJson(account.accountSid, text) };
}

function listTexts({ accountSid, texts }: FakeAccount, target: string): ApiAnswer {
  const query = new URL(target, 'http://fake').searchParams;
  const isAsked = (text: TwilioText): boolean =>
    (query.get('From') ?? text.from) === text.from &&
    (query.get('To') ?? text.to) === text.to &&
    isOfDays(query, 'DateSent', text.sentAtMs);
  const { page, ...rest } = pageOf(texts, { target, isAsked });
  return { status: 200, body: { messages: page.map((text) => messageJson(accountSid, text)), ...rest } };
}

function listCalls({ accountSid, calls }: FakeAccount, target: string): ApiAnswer {
  const query = new URL(target, 'http://fake').searchParams;
  const { page, ...rest } = pageOf(calls, { target, isAsked: (call) => isOfDays(query, 'StartTime', call.atMs) });
  return { status: 200, body: { calls: page.map((call) => callJson(accountSid, call)), ...rest } };
}

function callsAt(account: FakeAccount, sid: string | undefined, target: string): ApiAnswer {
  if (sid === undefined) return listCalls(account, target);
  const call = account.calls.find((made) => made.sid === sid);
  return call === undefined ? NOT_FOUND : { status: 200, body: callJson(account.accountSid, call) };
}

function listRecordings({ accountSid, calls }: FakeAccount, callSid: string | undefined): ApiAnswer {
  const recordings = calls
    .filter(({ sid }) => sid === callSid)
    .flatMap((call) => (call.recordedAtMs === undefined ? [] : [recordingJson(accountSid, call, call.recordedAtMs)]));
  return { status: 200, body: { recordings, page_size: 50, next_page_uri: null } };
}

const midnight = (day: string): number => instant(`${day}T00:00:00Z`).epochMilliseconds;

/** `Name>=day` and `Name<=day`, both counted from the midnight with which the day begins; what has no time is on no day. */
function isOfDays(query: URLSearchParams, name: string, atMs: number | undefined): boolean {
  const [from, to] = [query.get(`${name}>`), query.get(`${name}<`)];
  if (from === null && to === null) return true;
  if (atMs === undefined) return false;
  return (from === null || atMs >= midnight(from)) && (to === null || atMs <= midnight(to));
}

/** Newest first; the token says before which entry the page begins. */
function pageOf<T>(
  entries: readonly T[],
  { target, isAsked }: { readonly target: string; readonly isAsked: (entry: T) => boolean },
) {
  const url = new URL(target, 'http://fake');
  const query = url.searchParams;
  const size = Number(query.get('PageSize') ?? 50);
  const before = Number(query.get('PageToken')?.slice('PA'.length) ?? entries.length);
  const found = entries
    .map((entry, index) => ({ entry, index }))
    .filter(({ entry, index }) => index < before && isAsked(entry))
    .toReversed();
  const page = found.slice(0, size);
  query.set('PageToken', `PA${page.at(-1)?.index ?? 0}`);
  const next = found.length > size ? `${url.pathname}${url.search}` : null;
  return { page: page.map(({ entry }) => entry), page_size: size, next_page_uri: next };
}

function listNumbers(account: FakeAccount, target: string): ApiAnswer {
  const url = new URL(target, 'http://fake');
  const size = Number(url.searchParams.get('PageSize') ?? 50);
  const from = Number(url.searchParams.get('Page') ?? 0) * size;
  url.searchParams.set('Page', String(from / size + 1));
  const next = account.numbers.length > from + size ? `${url.pathname}${url.search}` : null;
  const shown = account.numbers.slice(from, from + size).map((number) => shownNumber(account, number));
  return { status: 200, body: { incoming_phone_numbers: shown, page_size: size, next_page_uri: next } };
}

function setNumber(account: FakeAccount, sid: string): ApiAnswer {
  const number = account.numbers.find((known) => known.sid === sid);
  if (number === undefined) return NOT_FOUND;
  const form = new URLSearchParams(account.lastForm);
  const before = account.settings.get(sid);
  account.settings.set(sid, {
    smsUrl: form.get('SmsUrl') ?? before?.smsUrl ?? '',
    statusCallback: form.get('StatusCallback') ?? before?.statusCallback ?? '',
  });
  return { status: 200, body: shownNumber(account, number) };
}

const shownNumber = ({ accountSid, settings }: FakeAccount, number: TwilioNumber) =>
  numberJson(accountSid, number, settings.get(number.sid) ?? { smsUrl: '', statusCallback: '' });
