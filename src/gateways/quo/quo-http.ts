import { type Exchange, httpExchange } from '../http-exchange.ts';

export interface QuoRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query, already encoded. */
  readonly path: string;
  readonly json?: unknown;
  /** For the generation of the API without a version in its paths. */
  readonly apiVersion?: string;
  /** Asked in the instant in which the request is written; `false` withholds it. */
  readonly mayBegin?: () => boolean;
  /** Goes by connections of its own. */
  readonly isCampaign?: boolean;
}

export interface QuoHttpOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Real milliseconds for the whole exchange, the body included. */
  readonly requestTimeoutMs: number;
}

/** The key is the whole header value. A pasted line break or a `Bearer` in front is answered as the provider would. */
const CAN_BE_KEY = /^[\x21-\x7e]+$/;
const UNUSABLE_KEY: Exchange = {
  kind: 'answered',
  status: 401,
  retryAfter: undefined,
  body: { message: 'the API key has spaces or characters that no key has; give the raw key without "Bearer"' },
};

/** JSON, and the raw key in the header. */
export function quoHttp(options: QuoHttpOptions): (request: QuoRequest) => Promise<Exchange> {
  const exchange = httpExchange(options);
  return async ({ json, apiVersion, ...request }) => {
    if (!CAN_BE_KEY.test(options.apiKey)) return UNUSABLE_KEY;
    return exchange({
      ...request,
      headers: {
        authorization: options.apiKey,
        ...(apiVersion === undefined ? {} : { 'quo-api-version': apiVersion }),
      },
      ...(json === undefined ? {} : { body: { mediaType: 'application/json', text: JSON.stringify(json) } }),
    });
  };
}
