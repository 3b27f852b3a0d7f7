import { drawsFor } from '../src/gateways/sandbox/draws.ts';
import type { Faults } from '../src/gateways/sandbox/options.ts';
import type { ApiRequest } from '../src/gateways/sandbox/routes.ts';
import { startScheduler } from '../src/gateways/sandbox/scheduler.ts';
import { startApiServer } from '../src/gateways/sandbox/server.ts';
import type { ApiAnswer } from '../src/gateways/sandbox/wire.ts';
import type { Clock } from '../src/platform/clock.ts';
import { type Instant, instantFromMs, SECOND_MS } from '../src/platform/time.ts';
import {
  errorAnswer,
  messageJson,
  numberJson,
  signForm,
  type TwilioNumber,
  type TwilioText,
} from './fake-twilio-wire.ts';

/**
 * Twilio on loopback: its API over real HTTP with Basic authentication, forms, paging and errors; texts that are delivered or not;
 * its own handling of STOP; signed posts to wherever it was told.
 */
export interface FakeTwilio {
  readonly url: string;
  /** What the API has taken, in order. */
  accepted(): readonly TwilioText[];
  /** Everything of the account, its own answers among it, in order. */
  texts(): readonly TwilioText[];
  /** API requests that came in, whatever became of them. */
  requests(): number;
  setFaults(faults: Faults): void;
  /** Texts are answered with this until it is taken back. */
  setRefusal(refusal: ApiAnswer | undefined): void;
  personTexts(text: { readonly from: string; readonly to: string; readonly text: string }): Promise<void>;
  /** Posts one form to an address, as often as it takes; true when it was answered 2xx. */
  post(url: string, form: URLSearchParams): Promise<boolean>;
  nextDueAt(): Instant | undefined;
  /** Resolves when nothing that is due now is left, posts under way included. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

export interface FakeTwilioOptions {
  readonly clock: Clock;
  readonly accountSid: string;
  /** What may sign in, the primary one first: it signs. */
  readonly authTokens: readonly string[];
  readonly numbers: readonly TwilioNumber[];
  /** Texts to these end as undelivered with this code. */
  readonly dead?: Readonly<Record<string, string>>;
  /** STOP blocks the number and is answered, as on the real thing. */
  readonly handlesStop?: boolean;
}

const STOP_WORDS = ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'];
const E164 = /^\+[1-9]\d{6,14}$/;
const POSTS_MAX = 3;

export async function startFakeTwilio(options: FakeTwilioOptions): Promise<FakeTwilio> {
  const { clock, accountSid, authTokens, numbers } = options;
  const texts: TwilioText[] = [];
  const blocked = new Set<string>();
  const posts = new Set<Promise<boolean>>();
  const settings = new Map(numbers.map(({ sid }) => [sid, { smsUrl: '', statusCallback: '' }]));
  const mutable: { faults: Faults; refusal: ApiAnswer | undefined } = { faults: {}, refusal: undefined };
  const scheduler = startScheduler({ clock, afterEach: () => {} });
  const nowMs = (): number => clock.now().epochMilliseconds;
  const root = `/2010-04-01/Accounts/${accountSid}`;

  const post = (url: string, form: URLSearchParams): Promise<boolean> => {
    const signature = signForm(url, form, authTokens[0] ?? '');
    const posting = postForm(url, form, signature);
    posts.add(posting);
    void posting.finally(() => posts.delete(posting));
    return posting;
  };
  const newText = (
    text: Pick<TwilioText, 'direction' | 'from' | 'to' | 'body' | 'status' | 'statusCallback'>,
  ): TwilioText => {
    const made = {
      ...text,
      sid: `SMtest${String(texts.length + 1).padStart(6, '0')}`,
      atMs: nowMs(),
      errorCode: undefined,
    };
    texts.push(made);
    return made;
  };
  const move = (text: TwilioText, status: TwilioText['status'], errorCode?: string): void => {
    text.status = status;
    text.errorCode = errorCode;
    if (text.statusCallback === undefined) return;
    const form = { MessageSid: text.sid, SmsSid: text.sid, MessageStatus: status, SmsStatus: status };
    const ends = { AccountSid: accountSid, From: text.from, To: text.to, ApiVersion: '2010-04-01' };
    const error = errorCode === undefined ? {} : { ErrorCode: errorCode };
    void post(text.statusCallback, new URLSearchParams({ ...form, ...ends, ...error }));
  };
  const deliver = (text: TwilioText): void => {
    scheduler.at(text.atMs + SECOND_MS, () => move(text, 'sent'));
    const code = options.dead?.[text.to];
    scheduler.at(text.atMs + 3 * SECOND_MS, () =>
      code === undefined ? move(text, 'delivered') : move(text, 'undelivered', code),
    );
  };

  const sendText = (form: URLSearchParams): ApiAnswer => {
    const [to, from, body] = [form.get('To') ?? '', form.get('From') ?? '', form.get('Body') ?? ''];
    const validity = Number(form.get('ValidityPeriod') ?? 36_000);
    if (mutable.refusal !== undefined) return mutable.refusal;
    if (!E164.test(to)) return errorAnswer(400, 21211, { message: `Invalid 'To' Phone Number: ${to}` });
    if (!numbers.some(({ phone }) => phone === from))
      return errorAnswer(400, 21212, { message: 'Invalid From Number' });
    if (body.trim() === '') return errorAnswer(400, 21602, { message: 'Message body is required.' });
    if (!(validity >= 1 && validity <= 36_000)) return errorAnswer(400, 21626, { message: 'Invalid validityPeriod' });
    if (blocked.has(`${from} ${to}`))
      return errorAnswer(400, 21610, { message: 'Attempt to send to unsubscribed recipient' });
    const statusCallback = form.get('StatusCallback') ?? undefined;
    const text = newText({ direction: 'outbound-api', from, to, body, status: 'queued', statusCallback });
    deliver(text);
    return { status: 201, body: messageJson(accountSid, text) };
  };

  const listTexts = (target: string, query: URLSearchParams): ApiAnswer => {
    const size = Number(query.get('PageSize') ?? 50);
    const before = Number(query.get('PageToken')?.slice('PA'.length) ?? texts.length);
    const ends = (text: TwilioText) =>
      (query.get('From') ?? text.from) === text.from && (query.get('To') ?? text.to) === text.to;
    const found = texts
      .map((text, index) => ({ text, index }))
      .filter(({ text, index }) => index < before && ends(text))
      .toReversed();
    const page = found.slice(0, size);
    const next = new URL(target, 'http://fake');
    next.searchParams.set('PageToken', `PA${page.at(-1)?.index ?? 0}`);
    return {
      status: 200,
      body: {
        messages: page.map(({ text }) => messageJson(accountSid, text)),
        page_size: size,
        next_page_uri: found.length > size ? `${next.pathname}${next.search}` : null,
      },
    };
  };

  const listNumbers = (target: string, query: URLSearchParams): ApiAnswer => {
    const size = Number(query.get('PageSize') ?? 50);
    const page = Number(query.get('Page') ?? 0);
    const next = new URL(target, 'http://fake');
    next.searchParams.set('Page', String(page + 1));
    return {
      status: 200,
      body: {
        incoming_phone_numbers: numbers.slice(page * size, (page + 1) * size).map((number) => shownNumber(number)),
        next_page_uri: numbers.length > (page + 1) * size ? `${next.pathname}${next.search}` : null,
      },
    };
  };
  const shownNumber = (number: TwilioNumber) =>
    numberJson(accountSid, number, settings.get(number.sid) ?? { smsUrl: '', statusCallback: '' });

  const setNumber = (sid: string, form: URLSearchParams): ApiAnswer => {
    const number = numbers.find((known) => known.sid === sid);
    if (number === undefined) return errorAnswer(404, 20404, { message: 'The requested resource was not found' });
    settings.set(sid, { smsUrl: form.get('SmsUrl') ?? '', statusCallback: form.get('StatusCallback') ?? '' });
    return { status: 200, body: shownNumber(number) };
  };

  const answer = ({ method, target, authorization, body }: ApiRequest): ApiAnswer => {
    const { pathname, searchParams } = new URL(target, 'http://fake');
    if (
      !authTokens.some((token) => authorization === `Basic ${btoa(`${accountSid}:${token}`)}`) ||
      !pathname.startsWith(root)
    )
      return errorAnswer(401, 20003, { message: 'Authenticate' });
    const form = new URLSearchParams(Buffer.from(body).toString('utf8'));
    const path = pathname.slice(root.length);
    const [, kind, sid] = /^\/(Messages|IncomingPhoneNumbers)(?:\/([^/]+))?\.json$/.exec(path) ?? [];
    if (kind === 'Messages' && sid === undefined)
      return method === 'POST' ? sendText(form) : listTexts(target, searchParams);
    if (kind === 'IncomingPhoneNumbers')
      return sid === undefined ? listNumbers(target, searchParams) : setNumber(sid, form);
    const text = texts.find((known) => known.sid === sid);
    if (text === undefined) return errorAnswer(404, 20404, { message: 'The requested resource was not found' });
    return { status: 200, body: messageJson(accountSid, text) };
  };

  const api = await startApiServer({
    host: '127.0.0.1',
    port: 0,
    clock,
    random: drawsFor(1, 'network'),
    faults: () => mutable.faults,
    answer,
  });

  const handleStop = ({ from, to, body }: TwilioText): void => {
    if (options.handlesStop !== true || !STOP_WORDS.includes(body.trim().toUpperCase())) return;
    const confirmation = 'You have successfully been unsubscribed. Reply START to resubscribe.';
    newText({
      direction: 'outbound-reply',
      from: to,
      to: from,
      body: confirmation,
      status: 'sent',
      statusCallback: undefined,
    });
    blocked.add(`${to} ${from}`);
  };

  return {
    url: api.url,
    accepted: () => texts.filter(({ direction }) => direction === 'outbound-api'),
    texts: () => texts,
    requests: () => api.requests,
    setFaults: (faults) => {
      mutable.faults = faults;
    },
    setRefusal: (refusal) => {
      mutable.refusal = refusal;
    },
    async personTexts({ from, to, text }) {
      const number = numbers.find(({ phone }) => phone === to);
      if (number === undefined) throw new Error(`fake Twilio: nobody of ours has the number ${to}`);
      const heard = newText({
        direction: 'inbound',
        from,
        to,
        body: text,
        status: 'received',
        statusCallback: undefined,
      });
      const url = settings.get(number.sid)?.smsUrl ?? '';
      if (url !== '') await post(url, inboundForm(accountSid, heard));
      handleStop(heard);
    },
    post,
    nextDueAt: () => (scheduler.nextDueMs === undefined ? undefined : instantFromMs(scheduler.nextDueMs)),
    async quiet() {
      while (posts.size > 0 || (scheduler.nextDueMs ?? Number.POSITIVE_INFINITY) <= nowMs()) {
        await Promise.all(posts);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async close() {
      scheduler.stop();
      await Promise.all(posts);
      await api.kill();
    },
  };
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

/** Again after a failure, the same body under the same token. */
async function postForm(url: string, form: URLSearchParams, signature: string): Promise<boolean> {
  for (let attempt = 1; attempt <= POSTS_MAX; attempt += 1) {
    const answer = await fetch(url, {
      method: 'POST',
      body: form.toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'x-twilio-signature': signature,
        'i-twilio-idempotency-token': form.get('MessageSid') ?? '',
      },
    }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return true;
  }
  return false;
}
