import type { Problem } from '../../../src/http/contract/shared.ts';
import { ApiProblem, unreachable } from './problem.ts';

/** Values that are left out of the address: undefined, null and the empty text. */
type Query = Readonly<Record<string, unknown>>;
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface Call {
  readonly method: Method;
  readonly path: string;
  readonly query?: Query | undefined;
  readonly body?: unknown;
  /** Name of the intended effect: the same over every retry of one click (`useAction` makes it). */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const get = <T>(path: string, query?: object, signal?: AbortSignal): Promise<T> =>
  send<T>({ method: 'GET', path, query: { ...query }, signal });
export const post = <T>(path: string, body?: unknown, idempotencyKey?: string): Promise<T> =>
  send<T>({ method: 'POST', path, body, idempotencyKey });
export const put = <T>(path: string, body: unknown): Promise<T> => send<T>({ method: 'PUT', path, body });
export const patch = <T>(path: string, body: unknown): Promise<T> => send<T>({ method: 'PATCH', path, body });
export const del = <T>(path: string): Promise<T> => send<T>({ method: 'DELETE', path });

/** Address with its query; also for links that the browser opens itself (downloads, event streams). */
export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue;
    search.append(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function send<T>(call: Call): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
  const response = await reach(address(call.path, call.query), {
    method: call.method,
    headers,
    credentials: 'same-origin',
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
  return readAnswer<T>(response);
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(unreachable);
  }
}

/** The answer's JSON; its type is the contract's, which the server keeps by construction. */
export async function readAnswer<T>(response: Response): Promise<T> {
  if (!response.ok) throw new ApiProblem(await readProblem(response));
  return (await response.json()) as T;
}

async function readProblem(response: Response): Promise<Problem> {
  const isDocument = response.headers.get('content-type')?.includes('json') ?? false;
  const document: unknown = isDocument ? await response.json().catch(() => undefined) : undefined;
  return parseProblem(document, response.status);
}

/** A proxy in between may answer with anything: what is not a problem document becomes one. */
export function parseProblem(document: unknown, status: number): Problem {
  const given = typeof document === 'object' && document !== null ? (document as Partial<Problem>) : {};
  return {
    ...given,
    type: given.type ?? 'about:blank',
    title: given.title ?? 'Request failed',
    status: given.status ?? status,
    detail: given.detail ?? `The server answered with status ${status} and no explanation. Try again in a moment.`,
    instance: given.instance ?? '',
  };
}
