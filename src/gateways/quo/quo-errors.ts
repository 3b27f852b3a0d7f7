import { z } from 'zod';
import { unreachable } from '../../platform/result.ts';
import { consequenceOf } from '../decide-consequence.ts';
import { readProblem } from '../exchange-answer.ts';
import type { GatewayProblem, SendOutcome } from '../gateway.ts';
import { type Refused, refusedFor } from '../refused-outcome.ts';

/**
 * What an answer that is not 2xx means. Pure. The body's `code` decides where it is known, because one HTTP status carries
 * several meanings (a 400 may say that the text is empty or that the whole business is not registered); everything else falls
 * back to the status. A status that does not prove that nothing was taken is `unknown`: asking costs a request, sending twice
 * costs a person.
 */

type Verdict = 'input' | 'too_long' | 'forbidden' | 'account' | 'lane' | 'throttled' | 'unknown';

function verdictByStatus(status: number): Verdict {
  switch (status) {
    case 400:
    case 422:
      return 'input';
    case 413:
      return 'too_long';
    case 401:
    case 402:
      return 'account';
    case 403:
      return 'forbidden';
    case 404:
      return 'lane';
    case 408:
    case 409:
    case 425:
      return 'unknown';
    case 429:
      return 'throttled';
    default:
      // Any other 4xx (405, 410, 415 ...) says that we speak to the wrong place or in the wrong way, whoever the recipient is.
      return status >= 400 && status < 500 ? 'account' : 'unknown';
  }
}

export interface FailedAnswer {
  readonly status: number;
  /** The parsed JSON, or anything else when it was none. */
  readonly body: unknown;
  /** How long to wait if this is a 429. */
  readonly retryAfterMs: number;
}

/** `to` decides what an unexplained 403 means: international texting is switched off per workspace. */
export function classifySendFailure(answer: FailedAnswer & { readonly to: string }): SendOutcome {
  const said = readErrorBody(answer.body);
  const refused: Refused = { code: said.code ?? `http_${answer.status}`, message: sentenceOf(answer.status, said) };
  const verdict = verdictByStatus(answer.status);
  // The code is believed only inside the statuses that can carry it: a 5xx or a 429 stays what it is.
  if (verdict === 'throttled') return { kind: 'throttled', reason: 'rate_limit', retryAfterMs: answer.retryAfterMs };
  if (verdict === 'unknown') return { kind: 'unknown', detail: refused.message };
  const known = consequenceOf(said.code);
  if (known !== undefined) return refusedFor(known, refused);
  switch (verdict) {
    case 'input':
      return refusedInput(refused, said.paths);
    case 'too_long':
      return { kind: 'refused_recipient', ...refused, effect: 'none' };
    case 'forbidden':
      return answer.to.startsWith('+1')
        ? refusedFor({ blames: 'lane', until: 'fixed' }, refused)
        : { kind: 'refused_recipient', ...refused, effect: 'none' };
    case 'account':
    case 'lane':
      return refusedFor({ blames: verdict, until: 'fixed' }, refused);
    default:
      return unreachable(verdict);
  }
}

/**
 * A validation error names the field: the recipient's number, the lane's settings, or the text. One that names none of these may be
 * about something that every text lacks from now on.
 */
function refusedInput(refused: Refused, paths: readonly string[]): SendOutcome {
  const about = (field: string): boolean => paths.some((path) => path === field || path.startsWith(`${field}/`));
  if (about('from') || about('phoneNumberId') || about('userId') || about('setInboxStatus'))
    return { kind: 'refused_sender', scope: 'lane', ...refused, until: 'fixed' };
  const effect = about('to') ? 'invalid_number' : about('content') ? 'none' : 'unexplained';
  return { kind: 'refused_recipient', ...refused, effect };
}

export const classifyReadFailure = (answer: FailedAnswer): GatewayProblem =>
  readProblem({ ...answer, message: sentenceOf(answer.status, readErrorBody(answer.body)) });

/** A 404 of the messages family, as against the 404 of a proxy or of a wrong base URL, which proves nothing about a message. */
export const saysMessageIsUnknown = (status: number, body: unknown): boolean =>
  status === 404 && /^02\d\d404$/.test(readErrorBody(body).code ?? '');

interface ErrorBody {
  readonly code: string | undefined;
  readonly title: string | undefined;
  readonly message: string | undefined;
  /** Without the leading slash: `to/0`. */
  readonly paths: readonly string[];
}

const CODE_DIGITS = 7;

/** The code is text with a leading zero; a proxy that made a number of it lost that zero. Codes of carriers have five digits. */
const codeField = z
  .union([z.string(), z.number().int()])
  .transform((code) => (/^\d{6}$/.test(String(code)) ? String(code).padStart(CODE_DIGITS, '0') : String(code)));

const errorBody = z.object({
  code: codeField.optional().catch(undefined),
  title: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  errors: z
    .array(z.object({ path: z.string().catch('') }))
    .optional()
    .catch(undefined),
});

function readErrorBody(body: unknown): ErrorBody {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) return { code: undefined, title: undefined, message: undefined, paths: [] };
  const { code, title, message, errors } = parsed.data;
  return {
    code,
    title,
    message,
    paths: (errors ?? []).map(({ path }) => path.replace(/^\//, '').replaceAll('.', '/')),
  };
}

const MESSAGE_LENGTH_MAX = 300;

function sentenceOf(status: number, said: ErrorBody): string {
  const words = [said.title, said.message].filter((part) => part !== undefined && part !== '').join(': ');
  const where = said.paths.length === 0 ? '' : ` (${said.paths.join(', ')})`;
  const code = said.code === undefined ? '' : ` ${said.code}`;
  return `HTTP ${status}${code}${words === '' ? '' : ` ${words}`}${where}`.slice(0, MESSAGE_LENGTH_MAX);
}
