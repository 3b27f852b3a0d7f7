import { err, ok, type Result } from '../platform/result.ts';
import { SECOND_MS } from '../platform/time.ts';
import type { ValidatorFailure } from './number-validator.ts';

interface Question {
  /** How people know the service. */
  readonly service: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterMs: number | undefined;
}

const ANSWER_WITHIN_MS = 10 * SECOND_MS;

/** One GET. What is no JSON does not come from the service itself, but from whatever stands in its way. Messages hold no address: it may carry a key. */
export async function askJson(question: Question): Promise<Result<JsonAnswer, ValidatorFailure>> {
  const { service, url, headers, signal } = question;
  const where = `${service} (${url.host})`;
  const tooLate = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json', ...headers },
      redirect: 'error',
      signal: signal === undefined ? tooLate : AbortSignal.any([tooLate, signal]),
    });
    const body = jsonOrUndefined(await response.text());
    const retryAfterMs = retryAfterOf(response);
    if (body === undefined && response.status !== 429)
      return err(down(`${where} answered ${response.status} without JSON`));
    return ok({ status: response.status, body, retryAfterMs });
  } catch (error) {
    if (tooLate.aborted) return err(down(`${where} did not answer within ${ANSWER_WITHIN_MS / SECOND_MS} s`));
    return err(down(`${where} cannot be reached${codeOf(error)}`));
  }
}

export const down = (message: string): ValidatorFailure => ({ kind: 'down', message });

export const throttled = (message: string, retryAfterMs: number | undefined): ValidatorFailure => ({
  kind: 'throttled',
  message,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** In seconds; the form with a date is not used by these services. */
function retryAfterOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * SECOND_MS : undefined;
}

/** `fetch failed` says nothing; the code of its cause does. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
}
