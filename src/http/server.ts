import { OpenAPIHono } from '@hono/zod-openapi';
import type { Services } from '../services.ts';
import { openSignIn } from '../team/sign-in.ts';
import { type Api, createApi, type HttpEnv, internalProblem } from './api.ts';
import { authenticator } from './authenticate.ts';
import type { Answering } from './listen.ts';
import { problemResponse } from './problem.ts';
import { requestScope, securityHeaders } from './request-scope.ts';
import { registerAccountRoutes } from './routes/account-routes.ts';
import { registerOperationsRoutes } from './routes/operations-routes.ts';
import { registerSessionRoutes } from './routes/session-routes.ts';
import { registerDescription, registerHealth, registerMetrics } from './routes/shell-routes.ts';
import { openStreams } from './sse.ts';
import { staticFiles } from './static-files.ts';
import type { Door } from './webhook-door.ts';

/**
 * The HTTP shell. A request passes: reference and log, security headers, then either a route of the API (api.ts) or a file of the
 * web app. `close` drains: open streams end, running requests finish within a limit.
 */
export type Registrar = (api: Api, services: Services) => void;

export interface HttpOptions {
  /** Routes besides those of the shell itself (session, accounts, operations, health, description). */
  readonly registrars: readonly Registrar[];
  readonly version: string;
  /** Folder of the built web app. */
  readonly webDir: string;
  readonly door?: Door;
}

export interface HttpApp extends Answering {
  readonly app: OpenAPIHono<HttpEnv>;
  readonly routes: Api['routes'];
}

export function createApp(services: Services, options: HttpOptions): HttpApp {
  const { config, database, clock, log, newUuid, secrets } = services;
  const https = config.publicUrl?.startsWith('https:') ?? false;
  const signIn = openSignIn({
    connectionString: database.connectionString,
    secret: secrets.derive('sign-in'),
    secureCookies: https,
    newUuid,
    log,
  });
  const streams = openStreams(services);
  const app = new OpenAPIHono<HttpEnv>();
  const api = createApi(app, {
    db: database.db,
    clock,
    log,
    streams,
    authenticate: authenticator({ db: database.db, clock, signIn }),
    digestKey: secrets.derive('idempotency'),
    trustedProxies: config.trustedProxies,
    ownOrigins: () => [new URL(services.publicUrl()).origin],
  });
  let draining = false;
  registerSessionRoutes(api, services, signIn);
  registerAccountRoutes(api, services);
  registerOperationsRoutes(api, services, options);
  registerHealth(api, services, () => draining);
  registerMetrics(api, services);
  registerDescription(api, app, options.version);
  for (const register of options.registrars) register(api, services);

  app.use('*', requestScope({ newUuid, log }));
  app.use('*', securityHeaders({ https }));
  api.mount();
  for (const handler of staticFiles(options.webDir)) app.get('*', unlessApi(handler));
  app.notFound((c) => {
    const where = { path: c.req.path, id: c.get('requestId') };
    return problemResponse(
      { kind: 'not_found', detail: `there is no ${c.req.method} ${c.req.path}; /docs lists all` },
      where,
    );
  });
  app.onError((error, c) => {
    log.error({ error, method: c.req.method, path: c.req.path }, 'request failed');
    const id = c.get('requestId');
    return problemResponse(internalProblem(id), { path: c.req.path, id });
  });
  return {
    app,
    routes: api.routes,
    door: options.door,
    drain() {
      draining = true;
      streams.close();
    },
    close: () => signIn.close(),
  };
}

/** Paths that never lead to a page of the web app. */
const API_PATHS = /^\/(v1|u|f|webhooks|health|metrics|docs|openapi\.json)(\/|$)/;

type PageHandler = ReturnType<typeof staticFiles>[number];
const unlessApi =
  (handler: PageHandler): PageHandler =>
  (c, next) =>
    API_PATHS.test(c.req.path) ? next() : handler(c, next);
