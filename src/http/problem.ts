import type { Refusal } from '../platform/refusal.ts';
import type { Result } from '../platform/result.ts';
import type { Problem } from './contract/shared.ts';

/** RFC 9457 problem documents: the one shape of every answer that is not a success. */
export interface ProblemInput {
  readonly kind: ProblemKind;
  /** Names the thing, the value and the remedy. */
  readonly detail: string;
  readonly errors?: Refusal['errors'];
  readonly state?: string | undefined;
  readonly allowed?: readonly string[] | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

const KINDS = {
  malformed: { status: 400, title: 'The request cannot be read' },
  idempotency_key_missing: { status: 400, title: 'Idempotency-Key is missing' },
  unauthorized: { status: 401, title: 'Sign in first' },
  wrong_credentials: { status: 401, title: 'E-mail address or password is wrong' },
  session_expired: { status: 401, title: 'The session has ended' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'Not possible in this state' },
  still_running: { status: 409, title: 'The same request is still running' },
  too_large: { status: 413, title: 'Too large' },
  unsupported_media_type: { status: 415, title: 'Wrong content type' },
  invalid: { status: 422, title: 'The input is not valid' },
  idempotency_key_reused: { status: 422, title: 'Idempotency-Key was used for another request' },
  too_many_requests: { status: 429, title: 'Too many attempts' },
  internal: { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'Not available right now' },
} as const;
export type ProblemKind = keyof typeof KINDS;

/** `instance` is the path with the request id after a `#`, so that a pasted problem leads to its log lines. */
export function problemResponse(
  problem: ProblemInput,
  request: { readonly path: string; readonly id: string },
): Response {
  const { status, title } = KINDS[problem.kind];
  const document: Problem = {
    type: `urn:textwright:problem:${problem.kind}`,
    title,
    status,
    detail: problem.detail,
    instance: `${request.path}#${request.id}`,
    ...(problem.errors === undefined ? {} : { errors: problem.errors.map((error) => ({ ...error })) }),
    ...(problem.state === undefined ? {} : { state: problem.state }),
    ...(problem.allowed === undefined ? {} : { allowed: [...problem.allowed] }),
  };
  return new Response(JSON.stringify(document), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...problem.headers },
  });
}

/** What a handler may answer besides success: the refusal of a use case, or a problem of HTTP itself. */
export type HandlerOutcome<T> = Result<T, Refusal | ProblemInput>;

export function problemOf(error: Refusal | ProblemInput): ProblemInput {
  if ('detail' in error) return error;
  return {
    kind: error.kind,
    detail: error.message,
    ...(error.errors === undefined ? {} : { errors: error.errors }),
    state: error.state,
    allowed: error.allowed,
  };
}
