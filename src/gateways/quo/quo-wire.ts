import type { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import { err, ok } from '../../platform/result.ts';
import type { Answer, GatewayProblem } from '../gateway.ts';
import type { Exchange } from '../http-exchange.ts';
import { retryAfterMs, type ThrottleBackoff, throttleBackoff } from '../throttle-backoff.ts';
import { classifyReadFailure, saysMessageIsUnknown } from './quo-errors.ts';
import { type QuoRequest, quoHttp } from './quo-http.ts';
import { firstIssue } from './quo-schemas.ts';

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
export interface Wire {
  readonly call: (request: QuoRequest) => Promise<Exchange>;
  readonly options: QuoGatewayOptions;
  readonly rateLimit: ThrottleBackoff;
  readonly connection: ThrottleBackoff;
}

export const openWire = (options: QuoGatewayOptions): Wire => ({
  call: quoHttp(options),
  options,
  rateLimit: throttleBackoff(options),
  connection: throttleBackoff(options),
});

export type Answered = Extract<Exchange, { kind: 'answered' }>;

export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

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

export function readExchange<T>(
  wire: Wire,
  { exchange, schema }: { readonly exchange: Exchange; readonly schema: z.ZodType<T> },
): Answer<T> {
  if (exchange.kind !== 'answered') return err(unavailable(exchange.detail));
  if (!isSuccess(exchange.status)) return err(classifyReadFailure(failedAnswer(wire, exchange)));
  wire.rateLimit.reset();
  const parsed = schema.safeParse(exchange.body);
  return parsed.success ? ok(parsed.data) : err(unavailable(`unreadable answer: ${firstIssue(parsed.error)}`));
}

const unavailable = (message: string): GatewayProblem => ({ kind: 'unavailable', message });
