import type { Problem } from '../../../src/http/contract/shared.ts';

/** The server answered with a problem document (RFC 9457), or could not be reached (`status` 0). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
  get status(): number {
    return this.problem.status;
  }
  /** Reference to quote to the operator; it is in the server's log. */
  get reference(): string | undefined {
    return this.problem.instance === '' ? undefined : this.problem.instance;
  }
  /** Whether the request may have had its effect although no answer says so. */
  get outcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

export const isProblem = (error: unknown, status?: number): error is ApiProblem =>
  error instanceof ApiProblem && (status === undefined || error.status === status);

/** The API's messages begin in lower case and end without a period, as error messages do; on screen they are sentences. A file keeps its name. */
const capitalised = (text: string): string =>
  BEGINS_WITH_FILE.test(text) ? text : `${text.charAt(0).toLocaleUpperCase()}${text.slice(1)}`;
const BEGINS_WITH_FILE = /^[^:]+\.\w+: /;
const asSentence = (text: string): string => `${capitalised(text)}${/[.!?…]$/.test(text) ? '' : '.'}`;

/** Message for the field at a JSON pointer such as `/name`; exact matches and anything below it count. */
export function fieldProblem(error: unknown, pointer: string): string | undefined {
  if (!isProblem(error)) return undefined;
  const found = error.problem.errors?.find(
    (entry) => entry.pointer === pointer || entry.pointer.startsWith(`${pointer}/`),
  );
  return found === undefined ? undefined : capitalised(found.message);
}

/** All field messages by the first part of their pointer (`/variants/0/body` is under `variants`), for a form's errors. */
export function fieldProblems(error: unknown): Readonly<Record<string, string>> {
  if (!isProblem(error)) return {};
  const entries = (error.problem.errors ?? []).map(
    (entry) => [entry.pointer.split('/')[1] ?? '', capitalised(entry.message)] as const,
  );
  return Object.fromEntries(entries.toReversed());
}

/** What went wrong in one sentence that a person can act on. */
export function problemSentence(error: unknown): string {
  if (isProblem(error)) return asSentence(error.problem.detail);
  return 'The page ran into an error of its own. Load it again; if it comes back, tell the operator what you did.';
}

export const unreachable: Problem = {
  type: 'about:blank',
  title: 'No connection',
  status: 0,
  detail: 'The server did not answer. Check the connection; nothing is lost, and trying again is safe.',
  instance: '',
};
