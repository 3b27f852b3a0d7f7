import type { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { err, ok, unreachable } from '../platform/result.ts';
import { isBefore } from '../platform/time.ts';
import type { Answer, GatewayMessage, GatewayProblem, SendOutcome, SendRequest } from './gateway.ts';
import type { Exchange } from './http-exchange.ts';
import type { ThrottleBackoff } from './throttle-backoff.ts';

/** What an exchange with any provider means before its content is looked at. */

export type Answered = Extract<Exchange, { kind: 'answered' }>;

export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** What a wire remembers of being refused. */
export interface Patience {
  readonly rateLimit: ThrottleBackoff;
  readonly connection: ThrottleBackoff;
}

/** When the request of a text may be written, and which connections it goes by. */
export const termsOf = ({ notAfter, mayBegin, isCampaign }: SendRequest, clock: Clock) => ({
  mayBegin: (): boolean => !(notAfter !== undefined && isBefore(notAfter, clock.now())) && mayBegin?.() !== false,
  isCampaign: isCampaign ?? false,
});

/** What became of a text; the answer itself is in the words of the provider. */
export function sendOutcome(
  patience: Patience,
  exchange: Exchange,
  said: { readonly accepted: (answer: Answered) => SendOutcome; readonly refused: (answer: Answered) => SendOutcome },
): SendOutcome {
  switch (exchange.kind) {
    case 'withheld':
      return { kind: 'not_called', detail: exchange.detail };
    case 'not_sent':
      return { kind: 'throttled', reason: 'unreachable', retryAfterMs: patience.connection.nextMs() };
    case 'lost':
      return { kind: 'unknown', detail: exchange.detail };
    case 'answered':
      patience.connection.reset();
      if (!isSuccess(exchange.status)) return said.refused(exchange);
      patience.rateLimit.reset();
      return said.accepted(exchange);
    default:
      return unreachable(exchange);
  }
}

/** The content of an answer to a question. */
export function readAnswer<T>(
  { rateLimit }: Pick<Patience, 'rateLimit'>,
  {
    exchange,
    schema,
    problemOf,
  }: {
    readonly exchange: Exchange;
    readonly schema: z.ZodType<T>;
    readonly problemOf: (answer: Answered) => GatewayProblem;
  },
): Answer<T> {
  if (exchange.kind === 'lost') return err(lost(exchange.detail));
  if (exchange.kind !== 'answered') return err(unavailable(exchange.detail));
  if (!isSuccess(exchange.status)) return err(problemOf(exchange));
  rateLimit.reset();
  const parsed = schema.safeParse(exchange.body);
  return parsed.success ? ok(parsed.data) : err(lost(`unreadable answer: ${firstIssue(parsed.error)}`));
}

export const unavailable = (message: string): GatewayProblem => ({ kind: 'unavailable', message });
const lost = (message: string): GatewayProblem => ({ ...unavailable(message), mayBeDone: true });

/** What an answer to a question that is not 2xx means: here the statuses of all providers agree. */
export function readProblem(answer: {
  readonly status: number;
  readonly message: string;
  readonly retryAfterMs: number;
}): GatewayProblem {
  const { status, message, retryAfterMs } = answer;
  if (status === 401) return { kind: 'unauthorized', message };
  if (status === 429) return { kind: 'throttled', message, retryAfterMs };
  if (status >= 400 && status < 500 && status !== 408) return { kind: 'refused', message };
  return lost(message);
}

/** First thing that is wrong, with its path, in one line. */
export const firstIssue = (error: z.ZodError): string => {
  const issue = error.issues[0];
  return issue === undefined ? 'malformed' : `${issue.path.join('.') || 'body'}: ${issue.message}`;
};

/** Pages come newest first; turned round before the stable sort, texts of one moment keep their order. */
export const oldestFirst = (messages: readonly GatewayMessage[]): readonly GatewayMessage[] =>
  messages.toReversed().sort((a, b) => a.createdAt.epochMilliseconds - b.createdAt.epochMilliseconds);
