import type { OpenAPIHono } from '@hono/zod-openapi';
import { sql } from 'kysely';
import { createMetrics } from '../../operations/metrics.ts';
import { runTx } from '../../platform/database.ts';
import { unavailable } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import type { Api, HttpEnv } from '../api.ts';
import { documentConfig } from '../describe-route.ts';
import { type ApiDescription, docsPage } from '../docs-page.ts';
import { rawRoute } from '../route-types.ts';

const health = (path: string, summary: string) =>
  rawRoute({ method: 'get', path, access: 'public', summary, tag: 'Health', produces: 'application/json' });
const READY_WITHIN_MS = 2_000;

export function registerHealth(api: Api, { database, log }: Services, isDraining: () => boolean): void {
  api.raw(health('/health/live', 'The process answers'), async () => ok(Response.json({ status: 'ok' })));
  api.raw(health('/health/ready', 'It can serve: the database answers, and it is not shutting down'), async () => {
    if (isDraining()) return unavailable('this process is shutting down');
    try {
      await runTx(database.db, (tx) => sql`select 1`.execute(tx), { timeoutMs: READY_WITHIN_MS });
      return ok(Response.json({ status: 'ok' }));
    } catch (error) {
      log.warn({ error }, 'not ready');
      return unavailable('the database does not answer');
    }
  });
}

/** For a monitoring system, with an API key of any role. */
export function registerMetrics(api: Api, { database, clock, config }: Services): void {
  const metrics = createMetrics({ db: database.db, clock, config });
  const route = rawRoute({
    method: 'get',
    path: '/metrics',
    access: 'viewer',
    summary: 'Figures in the text format of Prometheus: what campaigns wait for, accounts, open events',
    tag: 'Health',
    produces: 'text/plain',
  });
  api.raw(route, async () =>
    ok(new Response(await metrics.text(), { headers: { 'content-type': metrics.contentType } })),
  );
}

export function registerDescription(api: Api, app: OpenAPIHono<HttpEnv>, version: string): void {
  const route = (path: string, summary: string, produces: string) =>
    rawRoute({ method: 'get', path, access: 'viewer', summary, tag: 'Description', produces });
  app.openAPIRegistry.registerComponent('securitySchemes', 'sessionCookie', {
    type: 'apiKey',
    in: 'cookie',
    name: 'textwright.session_token',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', { type: 'http', scheme: 'bearer' });
  const describe = () => app.getOpenAPI31Document(documentConfig(version));
  api.raw(route('/openapi.json', 'This description', 'application/json'), async () => ok(Response.json(describe())));
  api.raw(route('/docs', 'This description as a page', 'text/html'), async () => {
    // Plain JSON is what the page reads, not the classes of the generator.
    const description: ApiDescription = JSON.parse(JSON.stringify(describe()));
    return ok(new Response(docsPage(description), { headers: { 'content-type': 'text/html; charset=utf-8' } }));
  });
}
