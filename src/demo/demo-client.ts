import { problemSchema } from '../http/contract/shared.ts';

/** The demo does what a person does, through the same API. */
export interface DemoClient {
  get<T>(path: string): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'PATCH', path: string, body: unknown, idempotencyKey?: string): Promise<T>;
  upload<T>(path: string, file: Uint8Array): Promise<T>;
}

export class DemoRequestFailed extends Error {
  readonly status: number;
  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

export function demoClient(url: string): DemoClient {
  let cookie = '';
  const request = async <T>(method: string, path: string, init: RequestInit): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      ...init,
      method,
      headers: { ...init.headers, cookie, origin: url },
    });
    const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
    if (cookies.length > 0) cookie = cookies.join('; ');
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as T;
    const problem = problemSchema.safeParse(safeJson(text));
    throw new DemoRequestFailed(
      response.status,
      problem.success ? problem.data.detail : `${method} ${path} answered ${response.status}`,
    );
  };
  const json = { 'content-type': 'application/json' };
  return {
    get: (path) => request('GET', path, {}),
    send: (method, path, body, key) =>
      request(method, path, {
        body: JSON.stringify(body),
        headers: key === undefined ? json : { ...json, 'idempotency-key': key },
      }),
    upload: (path, file) =>
      request('POST', path, { body: Buffer.from(file), headers: { 'content-type': 'application/octet-stream' } }),
  };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
