import { readFileSync } from 'node:fs';
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures/tls', name), 'utf8');
/** For `hook.example.test`, `localhost` and `127.0.0.1`, signed by itself. */
export const CERTIFICATE = fixture('certificate.pem');

export interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Somebody's endpoint on loopback, over http or https. */
export interface HookServer {
  readonly port: number;
  /** Connections, also those over which nothing was sent. */
  readonly connections: () => number;
  readonly posts: Posted[];
  /** 200 at first; `silence`: takes everything and never answers. */
  answer: number | 'silence' | ((response: http.ServerResponse) => void);
  /** Resolves when this many have been posted. */
  posted(count: number): Promise<void>;
}

/** Closed after the tests of the file. */
export async function hookServer(
  options: { readonly secure?: boolean; readonly host?: string; readonly port?: number } = {},
): Promise<HookServer> {
  let connections = 0;
  const waiting = new Set<() => void>();
  const world: Omit<HookServer, 'port'> = {
    connections: () => connections,
    posts: [],
    answer: 200,
    posted: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (world.posts.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
  const handle = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    world.posts.push({
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    });
    const { answer } = world;
    if (typeof answer === 'function') answer(response);
    else if (answer !== 'silence') response.writeHead(answer).end();
    for (const look of waiting) look();
  };
  const server = options.secure
    ? https.createServer({ key: fixture('key.pem'), cert: CERTIFICATE }, handle)
    : http.createServer(handle);
  server.on('connection', () => {
    connections += 1;
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('hook server: no port');
  afterAll(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return Object.assign(world, { port: address.port });
}
