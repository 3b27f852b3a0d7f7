import { guardedFetch } from '../platform/guarded-fetch.ts';
import type { Network } from '../platform/network-address.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { SECOND_MS } from '../platform/time.ts';
import { down, throttled } from '../validation/ask-json.ts';
import type { ValidatorFailure } from '../validation/number-validator.ts';

/** Where a service answers, and its key. */
export interface ScrubAccount {
  readonly url: string;
  readonly key: string;
  /** Networks in which it may be although they are no public ones. */
  readonly allowed: readonly Network[];
}

export interface ScrubQuestion {
  /** How people know the service. */
  readonly service: string;
  readonly account: ScrubAccount;
  /** Below the address of the account. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly signal: AbortSignal | undefined;
}

const ANSWER_WITHIN_MS = 60 * SECOND_MS;
const ANSWER_BYTES_MAX = 16 * 1024 ** 2;
const THROTTLED_STATUS = 429;

/** One POST of JSON. Messages hold no address: it may carry a key. What is no whole JSON says nothing. */
export async function askService(question: ScrubQuestion): Promise<Result<unknown, ValidatorFailure>> {
  const { service, account, path, headers, body, signal } = question;
  const answer = await guardedFetch({
    url: `${account.url}${path}`,
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
    allowed: account.allowed,
    timeoutMs: ANSWER_WITHIN_MS,
    answerBytesMax: ANSWER_BYTES_MAX,
    ...(signal === undefined ? {} : { signal }),
  });
  if (answer.kind === 'refused') return err({ kind: 'refused', message: `${service}: ${answer.reason}` });
  if (answer.kind === 'failed') return err(down(`${service} cannot be reached: ${answer.reason}`));
  const { status } = answer;
  if (status === THROTTLED_STATUS) return err(throttled(`${service} answered ${status}`, undefined));
  if (status >= 500) return err(down(`${service} answered ${status}`));
  if (status !== 200)
    return err({ kind: 'refused', message: `${service} answered ${status}: look into the account and its key` });
  const said = jsonOrUndefined(answer.body);
  return said === undefined ? err(down(`${service} answered without whole JSON`)) : ok(said);
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
