import { planCall } from '../src/gateways/sandbox/calls.ts';
import { drawsFor } from '../src/gateways/sandbox/draws.ts';
import type { Faults } from '../src/gateways/sandbox/options.ts';
import { DEFAULT_PEOPLE } from '../src/gateways/sandbox/people.ts';
import { startScheduler } from '../src/gateways/sandbox/scheduler.ts';
import { startApiServer } from '../src/gateways/sandbox/server.ts';
import type { ApiAnswer } from '../src/gateways/sandbox/wire.ts';
import type { Clock } from '../src/platform/clock.ts';
import { type Instant, instantFromMs, SECOND_MS } from '../src/platform/time.ts';
import type { GatewayBooks } from './equal-books.ts';
import { answerRequest, type FakeAccount } from './fake-twilio-account.ts';
import {
  callForm,
  inboundForm,
  receiptForm,
  recordingForm,
  signForm,
  type TwilioCall,
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
  /** Of everything as its lists show it now. */
  books(): GatewayBooks;
  /** API requests that came in, whatever became of them. */
  requests(): number;
  /** The last body that was posted to the API. */
  lastForm(): string;
  /** Of each number. */
  settings(): readonly { readonly smsUrl: string; readonly statusCallback: string }[];
  /** A share of the webhooks can be lost, too. */
  setFaults(faults: Faults): void;
  /** Texts are answered with this until it is taken back. */
  setRefusal(refusal: ApiAnswer | undefined): void;
  /** Resolves when the post is answered, with the form that was posted. */
  personTexts(text: PersonText): Promise<URLSearchParams>;
  /** Another program of the same account texts. */
  staffTexts(text: PersonText): void;
  /** Somebody calls one of the numbers, is answered or not, and recorded when answered. */
  personCalls(call: Omit<PersonText, 'text'>): void;
  /** Signs and posts one form, again after a failure; true when it was answered 2xx. */
  post(url: string, form: URLSearchParams): Promise<boolean>;
  nextDueAt(): Instant | undefined;
  /** Resolves when nothing that is due now is left, posts under way included. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

export interface PersonText {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

export interface FakeTwilioOptions {
  readonly clock: Clock;
  readonly accountSid: string;
  /** What may sign in, the primary one first: it signs. */
  readonly authTokens: readonly string[];
  readonly numbers: readonly TwilioNumber[];
  /** Texts to these end as undelivered with this code. */
  readonly dead?: Readonly<Record<string, string>>;
  /** Texts to these fail before they leave the queue, and their receipts are lost. */
  readonly stuck?: readonly string[];
  /** STOP blocks the number and is answered, as on the real thing. */
  readonly handlesStop?: boolean;
}

const SENT_AFTER_MS = SECOND_MS;
const ENDED_AFTER_MS = 3 * SECOND_MS;

export async function startFakeTwilio(options: FakeTwilioOptions): Promise<FakeTwilio> {
  const { clock } = options;
  const scheduler = startScheduler({ clock, afterEach: () => {} });
  let faults: Faults = {};
  const mail = mailer(options.authTokens[0] ?? '', () => faults.loseWebhookShare ?? 0);
  const account = newAccount(options, {
    nowMs: () => clock.now().epochMilliseconds,
    send: mail.send,
    at: scheduler.at,
  });
  const api = await startApiServer({
    host: '127.0.0.1',
    port: 0,
    clock,
    random: drawsFor(1, 'network'),
    faults: () => faults,
    answer: (request) => answerRequest(account, request),
  });
  const isDue = (): boolean =>
    (scheduler.nextDueMs ?? Number.POSITIVE_INFINITY) <= clock.now().epochMilliseconds || mail.underWay() > 0;
  return {
    url: api.url,
    accepted: () => account.texts.filter(isAccepted),
    texts: () => account.texts,
    books: () => booksOf(account),
    requests: () => api.requests,
    lastForm: () => account.lastForm,
    settings: () => [...account.settings.values()],
    setFaults: (next) => {
      faults = next;
    },
    setRefusal: (refusal) => {
      account.refusal = refusal;
    },
    personTexts: (text) =>
      personTexts(account, { ...text, handlesStop: options.handlesStop === true, send: mail.send }),
    staffTexts: ({ from, to, text: body }) => {
      const said = { direction: 'outbound-api', from, to, body, status: 'queued' } as const;
      account.deliver(account.addText({ ...said, statusCallback: undefined, byAnother: true }));
    },
    personCalls: (call) => receiveCall(account, call),
    post: mail.post,
    nextDueAt: () => (scheduler.nextDueMs === undefined ? undefined : instantFromMs(scheduler.nextDueMs)),
    async quiet() {
      while (isDue()) {
        await mail.idle();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async close() {
      scheduler.stop();
      await mail.idle();
      await api.kill();
    },
  };
}

const isAccepted = ({ direction, byAnother }: TwilioText): boolean =>
  direction === 'outbound-api' && byAnother !== true;

/** Times are those of its lists, which have no fractions of a second. */
function booksOf({ texts, calls }: FakeAccount): GatewayBooks {
  const at = (ms: number): Instant => instantFromMs(Math.floor(ms / SECOND_MS) * SECOND_MS);
  return {
    tellsNoTimes: true,
    accepted: () => texts.filter(isAccepted).map(({ sid: id }) => ({ id })),
    texts: () =>
      texts.map(({ sid: id, direction, from, to, body: text, atMs, status }) => {
        const ends = { id, direction: direction === 'inbound' ? 'inbound' : 'outbound', from, to, text } as const;
        return { ...ends, at: at(atMs), status: status === 'failed' ? 'undelivered' : status };
      }),
    endedCalls: () =>
      calls
        .filter(({ isOver }) => isOver)
        .map(({ sid: id, from, to, atMs, endedAtMs, answered, recordedAtMs }) => ({
          ...{ id, from, to, at: at(atMs), endedAt: at(endedAtMs), answeredAt: answered ? at(atMs) : undefined },
          ...{ hasVoicemail: false, isTranscribed: false, isRecorded: recordedAtMs !== undefined },
        })),
  };
}

type Post = FakeTwilio['post'];

function newAccount(
  { accountSid, authTokens, numbers, dead = {}, stuck = [] }: FakeTwilioOptions,
  world: Pick<FakeAccount, 'nowMs' | 'send' | 'at'>,
): FakeAccount {
  const texts: TwilioText[] = [];
  const move = (text: TwilioText, status: TwilioText['status'], errorCode?: string): void => {
    text.status = status;
    text.errorCode = errorCode;
    text.updatedAtMs = world.nowMs();
    text.sentAtMs ??= text.updatedAtMs;
    if (text.statusCallback !== undefined) void world.send(text.statusCallback, receiptForm(accountSid, text));
  };
  return {
    ...world,
    accountSid,
    authTokens,
    numbers,
    texts,
    calls: [],
    blocked: new Set(),
    settings: new Map(),
    lastForm: '',
    refusal: undefined,
    addText(text) {
      const sid = `SMtest${String(texts.length + 1).padStart(6, '0')}`;
      const atMs = world.nowMs();
      const sentAtMs = text.status === 'queued' ? undefined : atMs;
      const made = { ...text, sid, atMs, sentAtMs, updatedAtMs: atMs, errorCode: undefined };
      texts.push(made);
      return made;
    },
    deliver(text) {
      if (stuck.includes(text.to)) {
        Object.assign(text, { status: 'failed', errorCode: '30001' });
        return;
      }
      const code = dead[text.to];
      world.at(text.atMs + SENT_AFTER_MS, () => move(text, 'sent'));
      world.at(text.atMs + ENDED_AFTER_MS, () => move(text, code === undefined ? 'delivered' : 'undelivered', code));
    },
  };
}

const STOP_WORDS = ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'];

async function personTexts(
  account: FakeAccount,
  { from, to, text: body, handlesStop, send }: PersonText & { readonly handlesStop: boolean; readonly send: Post },
): Promise<URLSearchParams> {
  const { smsUrl } = settingsOf(account, to);
  const said = { direction: 'inbound', from, to, body, status: 'received', statusCallback: undefined } as const;
  const form = inboundForm(account.accountSid, account.addText(said));
  if (handlesStop && STOP_WORDS.includes(body.trim().toUpperCase())) {
    const answer = 'You have successfully been unsubscribed. Reply START to resubscribe.';
    account.addText({ ...said, direction: 'outbound-reply', from: to, to: from, body: answer, status: 'sent' });
    account.blocked.add(`${to} ${from}`);
  }
  if (smsUrl !== '') await send(smsUrl, form);
  return form;
}

function settingsOf({ numbers, settings }: FakeAccount, phone: string) {
  const number = numbers.find((known) => known.phone === phone);
  if (number === undefined) throw new Error(`fake Twilio: nobody of ours has the number ${phone}`);
  return settings.get(number.sid) ?? { smsUrl: '', statusCallback: '' };
}

const RECORDED_AFTER_MS = 8 * SECOND_MS;

/** As the sandbox plans calls, without a voicemail: only instructions of the account's own make one. */
function receiveCall(account: FakeAccount, { from, to }: Omit<PersonText, 'text'>): void {
  const { statusCallback: url } = settingsOf(account, to);
  const atMs = account.nowMs();
  const nth = account.calls.length;
  const plan = planCall({ seed: 1, phone: from, nth, atMs, model: { ...DEFAULT_PEOPLE, voicemailShare: 0 } });
  const { endedAtMs, talk } = plan;
  const sid = `CAtest${String(nth + 1).padStart(6, '0')}`;
  const call: TwilioCall = {
    ...{ sid, from, to, atMs, endedAtMs, answered: talk !== undefined },
    isOver: false,
    recordedAtMs: undefined,
  };
  account.calls.push(call);
  const tell = (form: URLSearchParams): void => {
    if (url !== '') void account.send(url, form);
  };
  account.at(endedAtMs, () => {
    call.isOver = true;
    tell(callForm(account.accountSid, call));
  });
  if (!call.answered) return;
  account.at(endedAtMs + RECORDED_AFTER_MS, () => {
    call.recordedAtMs = account.nowMs();
    tell(recordingForm(account.accountSid, call));
  });
}

const TRIES_MAX = 3;

/** Posts under way, so that a test can wait for their end. */
function mailer(authToken: string, loseShare: () => number) {
  const draws = drawsFor(1, 'webhooks');
  const posts = new Set<Promise<boolean>>();
  const post: Post = (url, form) => {
    const posting = postForm(url, form, signForm(url, form, authToken));
    posts.add(posting);
    void posting.finally(() => posts.delete(posting));
    return posting;
  };
  /** What the account posts by itself may never come. */
  const send: Post = async (url, form) => (draws.next() < loseShare() ? false : post(url, form));
  return { post, send, underWay: () => posts.size, idle: () => Promise.all(posts) };
}

/** Again after a failure: the same body with the same signature. */
async function postForm(url: string, form: URLSearchParams, signature: string): Promise<boolean> {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'x-twilio-signature': signature,
  };
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const answer = await fetch(url, { method: 'POST', body: form.toString(), headers }).catch(() => undefined);
    const words = await answer?.text();
    if (answer?.ok !== true) continue;
    if (words !== '') throw new Error(`fake Twilio: this would be texted to the person: ${words}`);
    return true;
  }
  return false;
}
