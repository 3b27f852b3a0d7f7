import type { Gateway } from '../src/gateways/gateway.ts';
import { type Listening, listen } from '../src/http/listen.ts';
import { createApp, type HttpApp, type HttpOptions } from '../src/http/server.ts';
import type { ManualClock } from '../src/platform/clock.ts';
import { parseConfig } from '../src/platform/config.ts';
import type { Database } from '../src/platform/database.ts';
import { openLive } from '../src/platform/live.ts';
import { createLog } from '../src/platform/log.ts';
import { secretsWithKey } from '../src/platform/secrets.ts';
import type { OpenedSandbox, Services } from '../src/services.ts';
import { testDatabase } from './test-database.ts';
import { whenOver } from './when-over.ts';
import { testWorld } from './world.ts';

export const PASSWORD = 'correct horse battery';

/** A running server over a fresh database; the outside world (the gateway) is whatever the test puts there. */
export interface HttpWorld {
  readonly services: Services;
  readonly database: Database;
  readonly clock: ManualClock;
  readonly http: HttpApp;
  readonly server: Listening;
  /** Lines that the server has logged. */
  readonly logLines: readonly string[];
  readonly outside: { gateway: Gateway | undefined; sandbox: OpenedSandbox | undefined };
  /** A client that keeps its cookies. */
  client(): Client;
  /** A signed-in owner; makes the owner account on the first call. */
  owner(): Promise<Client>;
}

export async function httpWorld(
  options: Partial<HttpOptions> & {
    readonly publicUrl?: string;
    /** Other options of the configuration. */
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<HttpWorld> {
  const database = await testDatabase();
  const world = testWorld();
  const logLines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line: string) => void logLines.push(line) } });
  const live = await openLive({ connectionString: database.connectionString, log });
  const outside: HttpWorld['outside'] = { gateway: undefined, sandbox: undefined };
  const url = options.publicUrl;
  const env = { PORT: '0', ...options.env, ...(url === undefined ? {} : { TEXTWRIGHT_PUBLIC_URL: url }) };
  const config = parseConfig(env, '/nowhere');
  let listening: Listening | undefined;
  const services: Services = {
    config,
    database,
    ...world,
    log,
    secrets: secretsWithKey(new Uint8Array(32).fill(7), world.random),
    jobs: { enqueue: async () => {}, close: async () => {} },
    live,
    openGateway: () => {
      if (outside.gateway === undefined) throw new Error('this test has no gateway');
      return outside.gateway;
    },
    webhookEdge: () => {
      throw new Error('this test has no webhooks');
    },
    publicUrl: () => config.publicUrl ?? listening?.url ?? 'http://127.0.0.1:0',
    localUrl: () => listening?.url ?? 'http://127.0.0.1:0',
    openSandbox: async () => {
      if (outside.sandbox === undefined) throw new Error('this test has no sandbox');
      return outside.sandbox;
    },
  };
  const http = createApp(services, { registrars: [], version: '0.0.0-test', webDir: '/nowhere', ...options });
  const server = await listen(http, { host: '127.0.0.1', port: 0, clock: world.clock, log });
  listening = server;
  whenOver(async () => {
    await server.close();
    await live.close();
  });
  const client = (): Client => new Client(server.url);
  const owner = async (): Promise<Client> => {
    const one = client();
    const made = await one.post('/v1/setup', {
      name: 'Olivia Owner',
      email: 'olivia@example.com',
      password: PASSWORD,
      businessName: 'Solid Foundations',
      zone: 'America/New_York',
    });
    if (made.status === 409) await one.post('/v1/sign-in', { email: 'olivia@example.com', password: PASSWORD });
    return one;
  };
  return { services, database, clock: world.clock, http, server, logLines, outside, client, owner };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly json: any;
}

export class Client {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();
  #keys = 0;
  constructor(url: string) {
    this.#url = url;
  }

  get = (path: string, headers: Record<string, string> = {}): Promise<Answer> => this.send('GET', path, { headers });
  /** With an Idempotency-Key of its own, unless `headers` brings one. */
  post = (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    this.#keys += 1;
    return this.send('POST', path, { body, headers: { 'idempotency-key': `test-${this.#keys}`, ...headers } });
  };
  put = (path: string, body: unknown): Promise<Answer> => this.send('PUT', path, { body });
  patch = (path: string, body: unknown): Promise<Answer> => this.send('PATCH', path, { body });
  delete = (path: string): Promise<Answer> => this.send('DELETE', path, {});

  async send(
    method: string,
    path: string,
    { body, headers = {} }: { readonly body?: unknown; readonly headers?: Record<string, string> },
  ): Promise<Answer> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.#cookies.size === 0 ? {} : { cookie: this.cookie }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) }),
      redirect: 'manual',
    });
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : text };
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(cookie: string): void {
    const [pair = ''] = cookie.split(';');
    const at = pair.indexOf('=');
    if (/max-age=0/i.test(cookie)) this.#cookies.delete(pair.slice(0, at));
    else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
