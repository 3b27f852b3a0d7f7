import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type Clock, patience } from '../platform/clock.ts';
import { DEFAULT_PORT } from '../platform/config.ts';
import { errorCode } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import type { Door } from './webhook-door.ts';

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** `http://HOST:PORT`, with a host that a browser on this machine can open. */
  readonly url: string;
  /** From now on this answers; what is under way is answered by whoever has taken it. */
  handOver(http: Answering): Promise<void>;
  close(): Promise<void>;
}

/** What answers requests. */
export interface Answering {
  readonly app: { readonly fetch: Parameters<typeof getRequestListener>[0] };
  /** Answers what it is for before anything else is asked. */
  readonly door: Door | undefined;
  /** From now on not ready, streams end; running requests go on. */
  drain(): void;
  /** Lets go of what it opened itself. */
  close(): Promise<void>;
}

/** Besides the default port, so that a second copy just works. */
const PORTS_TRIED_MAX = 20;
const FINISH_WITHIN_MS = 10_000;
/** A CSV of 2 GiB over a slow line takes longer than the five minutes that node:http gives by default. */
const REQUEST_WITHIN_MS = 3_600_000;

export async function listen(
  http: Answering,
  options: { readonly host: string; readonly port: number; readonly clock: Clock; readonly log: Log },
): Promise<Listening> {
  const { host } = options;
  let current = http;
  let app = getRequestListener(http.app.fetch);
  const server = createServer({ requestTimeout: REQUEST_WITHIN_MS }, (request, response) => {
    if (current.door?.(request, response) !== true) void app(request, response);
  });
  let closing: Promise<void> | undefined;
  server.on('request', (_, response) => {
    // A connection that is kept alive would hold up the end until its client lets go.
    response.once('close', () => closing !== undefined && setImmediate(() => server.closeIdleConnections()));
  });
  const close = async (): Promise<void> => {
    current.drain();
    const finished = new AbortController();
    const closed = new Promise<void>((resolve) => server.close(() => resolve())).then(() => finished.abort());
    server.closeIdleConnections();
    await options.clock.sleep(patience(options.clock, FINISH_WITHIN_MS), finished.signal);
    if (!finished.signal.aborted) options.log.warn('requests were cut off at shutdown');
    server.closeAllConnections();
    await closed;
    await current.close();
  };
  const port = await bindFirstFree(server, options);
  const shownHost = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return {
    host,
    port,
    url: `http://${shownHost}:${port}`,
    async handOver(next) {
      const before = current;
      current = next;
      app = getRequestListener(next.app.fetch);
      before.drain();
      await before.close();
    },
    close: () => (closing ??= close()),
  };
}

async function bindFirstFree(
  server: Server,
  { host, port, log }: { readonly host: string; readonly port: number; readonly log: Log },
): Promise<number> {
  const last = port === DEFAULT_PORT ? port + PORTS_TRIED_MAX : port;
  for (let candidate = port; ; candidate += 1) {
    try {
      return await bind(server, host, candidate);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EADDRINUSE' && candidate < last) {
        log.info({ port: candidate }, 'port is taken, trying the next one');
        continue;
      }
      throw new Error(listenRefusal({ host, port: candidate, code }), { cause: error });
    }
  }
}

function listenRefusal({
  host,
  port,
  code,
}: {
  readonly host: string;
  readonly port: number;
  readonly code: string;
}): string {
  if (code === 'EADDRINUSE')
    return `port ${port} is taken: stop what listens there, or set PORT to another one (0 takes any)`;
  if (code === 'EACCES') return `port ${port} may not be used by this account: set PORT to one above 1023`;
  return `cannot listen on ${host} port ${port} (${code}): check HOST and PORT`;
}

const bind = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
