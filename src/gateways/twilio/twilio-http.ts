import { type Exchange, httpExchange } from '../http-exchange.ts';

export interface TwilioRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query, already encoded; below the account's own path. */
  readonly path: string;
  readonly form?: URLSearchParams;
  /** Asked in the instant in which the request is written; `false` withholds it. */
  readonly mayBegin?: () => boolean;
  /** Goes by connections of its own. */
  readonly isCampaign?: boolean;
}

export interface TwilioHttpOptions {
  readonly baseUrl: string;
  /** `AccountSid:AuthToken`. */
  readonly apiKey: string;
  /** Real milliseconds for the whole exchange, the body included. */
  readonly requestTimeoutMs: number;
}

const FORM = 'application/x-www-form-urlencoded';

/** Forms out, JSON in, under HTTP Basic. */
export function twilioHttp(options: TwilioHttpOptions): (request: TwilioRequest) => Promise<Exchange> {
  const exchange = httpExchange(options);
  if (parseTwilioKey(options.apiKey) === undefined) return async () => UNUSABLE_KEY;
  const authorization = `Basic ${Buffer.from(options.apiKey).toString('base64')}`;
  return ({ form, ...request }) =>
    exchange({
      ...request,
      headers: { authorization },
      ...(form === undefined ? {} : { body: { mediaType: FORM, text: form.toString() } }),
    });
}

export interface TwilioKey {
  readonly accountSid: string;
  readonly authToken: string;
}

/** API keys (`SK...`) do not fit: the provider signs its webhooks with the Auth Token only. */
const KEY = /^(AC\w+):([\x21-\x7e]+)$/;

export function parseTwilioKey(apiKey: string): TwilioKey | undefined {
  const [, accountSid, authToken] = KEY.exec(apiKey) ?? [];
  return accountSid === undefined || authToken === undefined ? undefined : { accountSid, authToken };
}

const UNUSABLE_KEY: Exchange = {
  kind: 'answered',
  status: 401,
  retryAfter: undefined,
  body: {
    message:
      'expected an Account SID (AC...) and its Auth Token; an API key (SK...) does not do, for it signs no webhooks',
  },
};
