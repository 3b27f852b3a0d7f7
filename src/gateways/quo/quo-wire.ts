import type { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import { ok } from '../../platform/result.ts';
import { type Answered, type Patience, readAnswer } from '../exchange-answer.ts';
import type { Answer } from '../gateway.ts';
import type { Exchange } from '../http-exchange.ts';
import { retryAfterMs, throttleBackoff } from '../throttle-backoff.ts';
import { classifyReadFailure, saysMessageIsUnknown } from './quo-errors.ts';
import { type QuoRequest, quoHttp } from './quo-http.ts';

export interface QuoGatewayOptions {
  /** `https://api.quo.com`; the older `https://api.openphone.com` serves the same. */
  readonly baseUrl: string;
  /** Sent raw, without `Bearer`. */
  readonly apiKey: string;
  readonly clock: Clock;
  /** Jitter of the waits that we choose ourselves. */
  readonly random: Random;
  /** Real milliseconds: it guards against a dead connection, whatever the speed of the clock. */
  readonly requestTimeoutMs: number;
  /** Sender attribution (`US...`); without it the provider takes the owner of the number. */
  readonly userId?: string;
  /** Files the conversation as done, so that a campaign does not flood the office's open inbox. */
  readonly closeConversation?: boolean;
}

/** The generation of the API without a version in its paths. */
export const NEWEST_VERSION = '2026-03-30';

/** One account at the other end of the line: how it is asked, and what its answers mean before their content is looked at. */
export interface Wire extends Patience {
  readonly call: (request: QuoRequest) => Promise<Exchange>;
  readonly options: QuoGatewayOptions;
}

export const openWire = (options: QuoGatewayOptions): Wire => ({
  call: quoHttp(options),
  options,
  rateLimit: throttleBackoff(options),
  connection: throttleBackoff(options),
});

export const failedAnswer = (wire: Wire, exchange: Answered) => ({
  status: exchange.status,
  body: exchange.body,
  retryAfterMs: exchange.status === 429 ? throttledForMs(wire, exchange) : 0,
});

const throttledForMs = (wire: Wire, exchange: Answered): number =>
  retryAfterMs(exchange.retryAfter, wire.options.clock.now()) ?? wire.rateLimit.nextMs();

export async function read<T>(
  wire: Wire,
  { schema, ...request }: { readonly path: string; readonly schema: z.ZodType<T>; readonly apiVersion?: string },
): Promise<Answer<T>> {
  const exchange = await wire.call({ method: 'GET', ...request });
  return readExchange(wire, { exchange, schema });
}

/** One message; `undefined` when the provider says that it has none of that id. */
export async function readMessage<T>(
  wire: Wire,
  { gatewayMessageId, schema }: { readonly gatewayMessageId: string; readonly schema: z.ZodType<T> },
): Promise<Answer<T | undefined>> {
  const path = `/v1/messages/${encodeURIComponent(gatewayMessageId)}`;
  const exchange = await wire.call({ method: 'GET', path });
  if (exchange.kind === 'answered' && saysMessageIsUnknown(exchange.status, exchange.body)) return ok(undefined);
  return readExchange(wire, { exchange, schema });
}

export const readExchange = <T>(
  wire: Wire,
  asked: { readonly exchange: Exchange; readonly schema: z.ZodType<T> },
): Answer<T> => readAnswer(wire, { ...asked, problemOf: (answer) => classifyReadFailure(failedAnswer(wire, answer)) });
