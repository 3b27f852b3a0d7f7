import { z } from 'zod';
import { unreachable } from '../../platform/result.ts';
import { consequenceOf } from '../decide-consequence.ts';
import { readProblem } from '../exchange-answer.ts';
import type { GatewayProblem, SendOutcome } from '../gateway.ts';
import { type Refused, refusedFor } from '../refused-outcome.ts';

/**
 * What an answer that is not 2xx means. Pure. The `code` of the body decides where it is known: nearly everything comes as a 400, and
 * a 429 may be a full day (63038) as well as a full second. A status that does not prove that nothing was taken is `unknown`.
 */
export interface FailedAnswer {
  readonly status: number;
  /** The parsed JSON, or anything else when it was none. */
  readonly body: unknown;
  /** How long to wait if this asks for time. */
  readonly retryAfterMs: number;
}

type Verdict = 'input' | 'account' | 'throttled' | 'unknown';

function verdictByStatus(status: number): Verdict {
  switch (status) {
    case 400:
    case 422:
      return 'input';
    case 408:
    case 409:
    case 425:
      return 'unknown';
    case 429:
      return 'throttled';
    default:
      // Any other 4xx says that the key, the account or the address is wrong, whoever the recipient is.
      return status >= 400 && status < 500 ? 'account' : 'unknown';
  }
}

/** The sender's queue is full, or its texts to one number are too many for the moment: nothing was taken. */
const ASKS_FOR_TIME: ReadonlySet<string> = new Set(['20429', '21611', '14107']);

/** Whether the answer names, or should have named, a time to wait. */
export const asksForTime = ({ status, body }: Pick<FailedAnswer, 'status' | 'body'>): boolean =>
  status === 429 || (verdictByStatus(status) !== 'unknown' && ASKS_FOR_TIME.has(readErrorBody(body).code ?? ''));

export function classifySendFailure(answer: FailedAnswer): SendOutcome {
  const said = readErrorBody(answer.body);
  const refused: Refused = { code: said.code ?? `http_${answer.status}`, message: sentenceOf(answer.status, said) };
  const verdict = verdictByStatus(answer.status);
  // The code is believed only inside the statuses that can carry it: a 5xx stays what it is.
  if (verdict === 'unknown') return { kind: 'unknown', detail: refused.message };
  if (ASKS_FOR_TIME.has(refused.code)) return throttled(answer);
  const known = consequenceOf(said.code);
  if (known !== undefined) return refusedFor(known, refused);
  switch (verdict) {
    case 'throttled':
      return throttled(answer);
    case 'input':
      return { kind: 'refused_recipient', ...refused, effect: 'unexplained' };
    case 'account':
      return refusedFor({ blames: 'account', until: 'fixed' }, refused);
    default:
      return unreachable(verdict);
  }
}

const throttled = ({ retryAfterMs }: FailedAnswer): SendOutcome => ({
  kind: 'throttled',
  reason: 'rate_limit',
  retryAfterMs,
});

export const classifyReadFailure = (answer: FailedAnswer): GatewayProblem =>
  readProblem({ ...answer, message: sentenceOf(answer.status, readErrorBody(answer.body)) });

const NO_SUCH_RESOURCE = '20404';

/** The provider's own 404, as against that of a proxy or of a wrong base URL, which proves nothing about a message. */
export const saysMessageIsUnknown = (status: number, body: unknown): boolean =>
  status === 404 && readErrorBody(body).code === NO_SUCH_RESOURCE;

interface ErrorBody {
  readonly code: string | undefined;
  readonly message: string | undefined;
}

const errorBody = z.object({
  code: z.union([z.string(), z.number().int()]).transform(String).optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

function readErrorBody(body: unknown): ErrorBody {
  const parsed = errorBody.safeParse(body);
  return parsed.success
    ? { code: parsed.data.code, message: parsed.data.message }
    : { code: undefined, message: undefined };
}

const MESSAGE_LENGTH_MAX = 300;

function sentenceOf(status: number, { code, message }: ErrorBody): string {
  const words = [code, message].filter((part) => part !== undefined && part !== '');
  return [`HTTP ${status}`, ...words].join(' ').slice(0, MESSAGE_LENGTH_MAX);
}
