import http from 'node:http';
import https from 'node:https';
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { type ConnectionOptions, connect as connectSecurely, type TLSSocket } from 'node:tls';
import { z } from 'zod';
import { gatewayLookup } from './base-url.ts';

/**
 * One HTTP exchange with a provider, and the only question that matters after a failure: may the request have been taken?
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
  /** `mayBegin` said no: no byte of the request left. */
  | { readonly kind: 'withheld'; readonly detail: string }
  /** Reset, time-out, or an answer that was cut or too long: the request may have been taken. */
  | { readonly kind: 'lost'; readonly detail: string };

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query, already encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: { readonly mediaType: string; readonly text: string };
  /** Asked in the instant in which the request is written; `false` withholds it. */
  readonly mayBegin?: (() => boolean) | undefined;
  /** Campaigns have connections of their own: an answer never waits for one that a slow gateway keeps busy. */
  readonly isCampaign?: boolean;
}

export interface ExchangeOptions {
  readonly baseUrl: string;
  /** Real milliseconds for the whole exchange, the body included. */
  readonly requestTimeoutMs: number;
}

/** A page of 100 messages of 1,600 characters is about 700 kB. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/**
 * One call is one request: nothing is sent a second time, redirects are not followed. The request is written in one piece, in the
 * same breath in which `mayBegin` is asked, on a connection that is open by then: a process that stood still in between (a paused
 * machine) must not hand over a text that its successor has settled meanwhile. `fetch` decides by itself when it writes.
 */
export function httpExchange(options: ExchangeOptions): (request: ExchangeRequest) => Promise<Exchange> {
  const baseUrl = checkedBaseUrl(options.baseUrl);
  return (request) => exchange(`${baseUrl}${request.path}`, request, options.requestTimeoutMs);
}

/** TLS over a connection that stays at hand: only that one can be reset. */
class SecureAgent extends https.Agent {
  override createConnection(options: ConnectionOptions & TcpNetConnectOpts): TLSSocket {
    const connection = connect(options);
    const secure = connectSecurely({ ...options, socket: connection });
    connection.on('error', (error) => secure.destroy(error));
    carriers.set(secure, connection);
    return secure;
  }
}

const carriers = new WeakMap<Socket, Socket>();
/** Connections of the pool that have been used before; the agent does not tell for all of them. */
const open = new WeakSet<Socket>();
/** To one host, of all accounts; how many calls one account has under way is limited by its rate (sending/pacer.ts). */
const SOCKETS_MAX = { campaigns: 500, others: 100 } as const;
function poolsOf(maxSockets: number) {
  const pool = { keepAlive: true, maxSockets, lookup: gatewayLookup };
  return {
    http: { request: http.request, agent: new http.Agent(pool), opens: 'connect' },
    https: { request: https.request, agent: new SecureAgent(pool), opens: 'secureConnect' },
  } as const;
}
const CAMPAIGNS = poolsOf(SOCKETS_MAX.campaigns);
const OTHERS = poolsOf(SOCKETS_MAX.others);

/**
 * Ends a request whose answer takes too long. A connection that is merely closed still delivers what was written: the operating system
 * repeats it for minutes, long after the text was found to be absent and sent anew. A reset throws it away.
 */
function giveUp(outgoing: http.ClientRequest): void {
  const { socket } = outgoing;
  if (socket !== null && !socket.destroyed) (carriers.get(socket) ?? socket).resetAndDestroy();
  outgoing.destroy(new Error(NO_ANSWER));
}

const NO_ANSWER = 'no answer in time';

function exchange(url: string, asked: ExchangeRequest, requestTimeoutMs: number): Promise<Exchange> {
  const { method, body, mayBegin } = asked;
  const pools = asked.isCampaign === true ? CAMPAIGNS : OTHERS;
  const { request, agent, opens } = url.startsWith('https:') ? pools.https : pools.http;
  const headers = {
    ...asked.headers,
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': body.mediaType, 'content-length': Buffer.byteLength(body.text) }),
  };
  return new Promise((resolve) => {
    let begun = false;
    const fail = (error: unknown): void => {
      const detail = tooLate.aborted ? NO_ANSWER : describeFailure(error);
      resolve(begun ? { kind: 'lost', detail } : { kind: 'not_sent', detail });
    };
    const tooLate = AbortSignal.timeout(requestTimeoutMs);
    const outgoing = request(url, { method, headers, agent });
    const stop = (): void => giveUp(outgoing);
    tooLate.addEventListener('abort', stop, { once: true });
    const begin = (): void => {
      if (outgoing.destroyed) return;
      if (mayBegin?.() === false) {
        resolve({ kind: 'withheld', detail: 'its time had passed before the request could be written' });
        outgoing.destroy();
        return;
      }
      begun = true;
      outgoing.end(body?.text);
    };
    outgoing.on('error', fail);
    outgoing.on('close', () => tooLate.removeEventListener('abort', stop));
    outgoing.once('response', (incoming) => readAnswer(incoming).then(resolve, fail));
    outgoing.once('socket', (socket) => {
      if (open.has(socket)) return begin();
      socket.once(opens, () => {
        open.add(socket);
        begin();
      });
    });
  });
}

async function readAnswer(incoming: http.IncomingMessage): Promise<Exchange> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.byteLength;
    if (size > ANSWER_BYTES_MAX) return { kind: 'lost', detail: `answer longer than ${ANSWER_BYTES_MAX} bytes` };
    chunks.push(chunk);
  }
  return {
    kind: 'answered',
    status: incoming.statusCode ?? 0,
    retryAfter: incoming.headers['retry-after'],
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

const failureFacts = z.object({
  name: z.string().optional().catch(undefined),
  code: z.union([z.string(), z.number()]).optional().catch(undefined),
  syscall: z.string().optional().catch(undefined),
});

/** Words for logs and pages. Whether the request may have been taken does not follow from them, but from whether it was written. */
function describeFailure(error: unknown): string {
  const facts = failureFacts.safeParse(error);
  if (!facts.success) return 'connection failed';
  const { name, code, syscall } = facts.data;
  return [code ?? name ?? 'connection failed', syscall].filter((part) => part !== undefined).join(' ');
}

function checkedBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new Error(`gateway: baseUrl must be an http(s) URL, got "${baseUrl}"`);
  return url.href.replace(/\/+$/, '');
}
