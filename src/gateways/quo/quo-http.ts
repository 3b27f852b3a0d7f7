import { z } from 'zod';

/**
 * One HTTP exchange with the provider, and the only question that matters after a failure: may the request have been taken?
 */
export type Exchange =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly body: unknown;
    }
  /** Name lookup, connection or TLS failed: no byte of the request left. */
  | { readonly kind: 'not_sent'; readonly detail: string }
  /** Reset, time-out, or an answer that was cut or too long: the request may have been taken. */
  | { readonly kind: 'lost'; readonly detail: string };

export interface QuoRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query, already encoded. */
  readonly path: string;
  readonly json?: unknown;
  /** For the generation of the API without a version in its paths. */
  readonly apiVersion?: string;
}

export interface QuoHttpOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Real milliseconds for the whole exchange, the body included. */
  readonly requestTimeoutMs: number;
  readonly fetch?: typeof fetch;
}

/** A page of 100 messages of 1,600 characters is about 700 kB. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** The key is the whole header value. A pasted line break or a `Bearer` in front is answered as the provider would. */
const CAN_BE_KEY = /^[\x21-\x7e]+$/;
const UNUSABLE_KEY: Exchange = {
  kind: 'answered',
  status: 401,
  retryAfter: undefined,
  body: { message: 'the API key has spaces or characters that no key has; give the raw key without "Bearer"' },
};

/**
 * Keep-alive comes with Node's fetch. It never sends a POST a second time, and redirects are not followed, so one call is one
 * request.
 */
export function quoHttp(options: QuoHttpOptions): (request: QuoRequest) => Promise<Exchange> {
  const baseUrl = checkedBaseUrl(options.baseUrl);
  const doFetch = options.fetch ?? fetch;
  return async ({ method, path, json, apiVersion }) => {
    if (!CAN_BE_KEY.test(options.apiKey)) return UNUSABLE_KEY;
    const headers: Record<string, string> = { authorization: options.apiKey, accept: 'application/json' };
    if (json !== undefined) headers['content-type'] = 'application/json';
    if (apiVersion !== undefined) headers['quo-api-version'] = apiVersion;
    try {
      const response = await doFetch(`${baseUrl}${path}`, {
        method,
        headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(options.requestTimeoutMs),
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
      return await readAnswer(response);
    } catch (error) {
      return failedExchange(error);
    }
  };
}

async function readAnswer(response: Response): Promise<Exchange> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > ANSWER_BYTES_MAX) return { kind: 'lost', detail: `answer longer than ${ANSWER_BYTES_MAX} bytes` };
    chunks.push(chunk);
  }
  return {
    kind: 'answered',
    status: response.status,
    retryAfter: response.headers.get('retry-after') ?? undefined,
    body: parseJson(Buffer.concat(chunks).toString('utf8')),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Node hides the reason in `cause`, and several addresses of one host in an `AggregateError`. */
const failureFacts = z.object({
  name: z.string().optional().catch(undefined),
  code: z.union([z.string(), z.number()]).optional().catch(undefined),
  syscall: z.string().optional().catch(undefined),
  cause: z.unknown().optional(),
  errors: z.array(z.unknown()).optional().catch(undefined),
});

function failedExchange(error: unknown): Exchange {
  const facts = failureFacts.safeParse(error);
  if (!facts.success) throw error;
  const reason = facts.data.cause ?? error;
  const detail = describeFailure(reason);
  return neverLeft(reason) ? { kind: 'not_sent', detail } : { kind: 'lost', detail };
}

const CODES_BEFORE_SENDING = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/**
 * The system call tells more than the code: a host can become unreachable while connecting (nothing was sent) and also in the
 * middle of an established connection (everything may have been sent).
 */
function neverLeft(reason: unknown): boolean {
  const facts = failureFacts.safeParse(reason);
  if (!facts.success) return false;
  const { code, syscall, errors } = facts.data;
  if (errors !== undefined && errors.length > 0) return errors.every(neverLeft);
  return syscall === 'connect' || syscall === 'getaddrinfo' || CODES_BEFORE_SENDING.has(String(code));
}

function describeFailure(reason: unknown): string {
  const facts = failureFacts.safeParse(reason);
  if (!facts.success) return 'connection failed';
  const { name, code, syscall } = facts.data;
  if (name === 'TimeoutError') return 'no answer in time';
  return [code ?? name ?? 'connection failed', syscall].filter((part) => part !== undefined).join(' ');
}

function checkedBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new Error(`quo gateway: baseUrl must be an http(s) URL, got "${baseUrl}"`);
  return url.href.replace(/\/+$/, '');
}
