import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Clock, patience } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import { faultFor, type RequestFault } from './faults.ts';
import type { Faults } from './options.ts';
import type { ApiRequest } from './routes.ts';
import { type ApiAnswer, tooLarge, unknownFailure } from './wire.ts';

/** The HTTP side: bodies in, answers out, and everything that a network can do in between. */
export interface ApiServer {
  readonly url: string;
  /** Requests that reached us, whatever became of them. */
  readonly requests: number;
  /** Lets answers under way finish. */
  close(): Promise<void>;
  /** Breaks every connection at once. */
  kill(): Promise<void>;
}

interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: () => Faults;
  readonly answer: (request: ApiRequest) => ApiAnswer;
}

const BODY_BYTES_MAX = 64 * 1024;
const KEEP_ALIVE_MS = 60_000;
/** Connections that wait to be taken; what is refused here arrives seconds later, like through a bad network. */
const BACKLOG = 4_096;

export async function startApiServer(options: ServerOptions): Promise<ApiServer> {
  let requests = 0;
  const closing = new AbortController();
  const server = createServer((request, response) => {
    requests += 1;
    serve({ ...options, closing: closing.signal }, request, response).catch((error) => {
      // The caller sees a broken connection, the sandbox's process sees the bug.
      response.destroy();
      throw error;
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const port = await listening(server, options);
  const stopped = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return {
    url: `http://${options.host}:${port}`,
    get requests() {
      return requests;
    },
    close: () => {
      closing.abort();
      const done = stopped();
      server.closeIdleConnections();
      return done;
    },
    kill: () => {
      closing.abort();
      const done = stopped();
      server.closeAllConnections();
      return done;
    },
  };
}

function listening(server: Server, at: { readonly host: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: at.port, host: at.host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : at.port);
    });
  });
}

async function serve(
  options: ServerOptions & { readonly closing: AbortSignal },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const fault = faultFor(options.faults(), options.random.next());
  if (fault === 'lose_request') return breakConnection(response);
  const body = await readBody(request);
  if (body === 'broken') return;
  if (body === 'too_large') return write(response.setHeader('connection', 'close'), tooLarge);
  if (fault === 'error_before') return write(response, unknownFailure);
  const { method = '', url = '', headers } = request;
  const [apiVersion] = [headers['quo-api-version'] ?? []].flat();
  const answer = options.answer({ method, target: url, authorization: headers.authorization, apiVersion, body });
  await deliver(options, { fault, answer, response });
}

async function deliver(
  options: ServerOptions & { readonly closing: AbortSignal },
  {
    fault,
    answer,
    response,
  }: { readonly fault: RequestFault; readonly answer: ApiAnswer; readonly response: ServerResponse },
): Promise<void> {
  if (fault === 'lose_answer') return breakConnection(response);
  if (fault === 'cut_answer') return writeHalf(response, answer);
  if (fault === 'slow_answer')
    await options.clock.sleep(patience(options.clock, options.faults().slowAnswerMs ?? 0), options.closing);
  write(response, fault === 'error_after' ? unknownFailure : answer);
}

const breakConnection = (response: ServerResponse): void => {
  response.destroy();
};

function readBody(request: IncomingMessage): Promise<Uint8Array | 'too_large' | 'broken'> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    request.on('data', (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size > BODY_BYTES_MAX) resolve('too_large');
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve('broken'));
    request.on('close', () => resolve('broken'));
  });
}

function write(response: ServerResponse, answer: ApiAnswer): void {
  const text = textOf(answer);
  response.writeHead(answer.status, headersOf(answer, text)).end(text);
}

/** The length is announced in full, so that the caller can tell that half is missing. */
function writeHalf(response: ServerResponse, answer: ApiAnswer): void {
  const text = textOf(answer);
  response.writeHead(answer.status, headersOf(answer, text));
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
}

const textOf = (answer: ApiAnswer): string => (answer.body === undefined ? '' : JSON.stringify(answer.body));

const headersOf = (answer: ApiAnswer, text: string) => ({
  ...answer.headers,
  ...(answer.status === 204
    ? {}
    : { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }),
});
