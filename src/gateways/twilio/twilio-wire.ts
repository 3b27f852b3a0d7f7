import type { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import { err, ok } from '../../platform/result.ts';
import { type Answered, type Patience, readAnswer, unavailable } from '../exchange-answer.ts';
import type { Answer, GatewayProblem } from '../gateway.ts';
import type { Exchange } from '../http-exchange.ts';
import { retryAfterMs, throttleBackoff } from '../throttle-backoff.ts';
import { asksForTime, classifyReadFailure, type FailedAnswer, saysMessageIsUnknown } from './twilio-errors.ts';
import { parseTwilioKey, type TwilioRequest, twilioHttp } from './twilio-http.ts';

export interface TwilioGatewayOptions {
  /** `https://api.twilio.com` */
  readonly baseUrl: string;
  /** `AccountSid:AuthToken`. */
  readonly apiKey: string;
  /** Where receipts are to be posted; every text names it, for a number has no such setting. Null: no receipts. */
  readonly statusCallbackUrl: string | null;
  readonly clock: Clock;
  /** Jitter of the waits that we choose ourselves. */
  readonly random: Random;
  /** Real milliseconds: it guards against a dead connection, whatever the speed of the clock. */
  readonly requestTimeoutMs: number;
}

/** One account at the other end of the line: how it is asked, and what its answers mean before their content is looked at. */
export interface Wire extends Patience {
  readonly call: (request: TwilioRequest) => Promise<Exchange>;
  readonly options: TwilioGatewayOptions;
  /** `/2010-04-01/Accounts/AC...` */
  readonly account: string;
}

export const openWire = (options: TwilioGatewayOptions): Wire => ({
  call: twilioHttp(options),
  options,
  account: `/2010-04-01/Accounts/${parseTwilioKey(options.apiKey)?.accountSid ?? ''}`,
  rateLimit: throttleBackoff(options),
  connection: throttleBackoff(options),
});

export const failedAnswer = (wire: Wire, exchange: Answered): FailedAnswer => ({
  status: exchange.status,
  body: exchange.body,
  retryAfterMs: asksForTime(exchange)
    ? (retryAfterMs(exchange.retryAfter, wire.options.clock.now()) ?? wire.rateLimit.nextMs())
    : 0,
});

/** Whether a path that came from outside stays inside of the account. */
export const isOwnPath = (wire: Wire, path: string): boolean =>
  path.startsWith(`${wire.account}/`) && !path.includes('..');

export const foreignCursor = () =>
  err<GatewayProblem>({ kind: 'refused', message: 'the cursor is not one of this account' });

const PAGES_MAX = 50;

interface Paged {
  readonly next_page_uri?: string | null | undefined;
}

/** All items of a list, over all its pages. */
export async function readAll<Page extends Paged, T>(
  wire: Wire,
  list: {
    readonly path: string;
    readonly schema: z.ZodType<Page>;
    readonly itemsOf: (page: Page) => readonly T[];
    /** Awaited before each page but the first. */
    readonly mayGoOn?: (() => Promise<void>) | undefined;
  },
): Promise<Answer<readonly T[]>> {
  const items: T[] = [];
  let path: string | undefined = list.path;
  for (let pages = 0; path !== undefined; pages += 1) {
    // A part of the list would look like proof that the rest was never sent.
    if (pages === PAGES_MAX) return err(unavailable(`more than ${PAGES_MAX} pages of one list`));
    if (pages > 0) await list.mayGoOn?.();
    const answer: Answer<OnePage<Page>> = await readPage(wire, { path, schema: list.schema });
    if (!answer.ok) return answer;
    items.push(...list.itemsOf(answer.value.page));
    path = answer.value.next;
  }
  return ok(items);
}

interface OnePage<Page> {
  readonly page: Page;
  readonly next: string | undefined;
}

export async function readPage<Page extends Paged>(
  wire: Wire,
  { path, schema }: { readonly path: string; readonly schema: z.ZodType<Page> },
): Promise<Answer<OnePage<Page>>> {
  const answer = readExchange(wire, { exchange: await wire.call({ method: 'GET', path }), schema });
  if (!answer.ok) return answer;
  const next = answer.value.next_page_uri ?? '';
  if (next !== '' && !isOwnPath(wire, next)) return err(unavailable(`unreadable answer: next_page_uri "${next}"`));
  return ok({ page: answer.value, next: next === '' ? undefined : next });
}

/** One message; `undefined` when the provider says that it has none of that id. */
export async function readMessage<T>(
  wire: Wire,
  { gatewayMessageId, schema }: { readonly gatewayMessageId: string; readonly schema: z.ZodType<T> },
): Promise<Answer<T | undefined>> {
  const path = `${wire.account}/Messages/${encodeURIComponent(gatewayMessageId)}.json`;
  const exchange = await wire.call({ method: 'GET', path });
  if (exchange.kind === 'answered' && saysMessageIsUnknown(exchange.status, exchange.body)) return ok(undefined);
  return readExchange(wire, { exchange, schema });
}

export const readExchange = <T>(
  wire: Wire,
  asked: { readonly exchange: Exchange; readonly schema: z.ZodType<T> },
): Answer<T> => readAnswer(wire, { ...asked, problemOf: (answer) => classifyReadFailure(failedAnswer(wire, answer)) });
