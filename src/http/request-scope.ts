import type { MiddlewareHandler } from 'hono';
import { stopwatch } from '../platform/clock.ts';
import type { NewUuid } from '../platform/ids.ts';
import { type Log, withCorrelation } from '../platform/log.ts';
import type { HttpEnv } from './api.ts';

const REQUEST_ID_FORM = /^[\w-]{8,64}$/;

/** A reference for each request (the proxy's, when it sends one): in the answer, in every log line, in problem documents. */
export const requestScope =
  (services: { readonly newUuid: NewUuid; readonly log: Log }): MiddlewareHandler<HttpEnv> =>
  (c, next) => {
    const given = c.req.header('x-request-id') ?? '';
    const id = REQUEST_ID_FORM.test(given) ? given : services.newUuid();
    c.set('requestId', id);
    return withCorrelation(id, async () => {
      const passedMs = stopwatch();
      await next();
      c.res.headers.set('x-request-id', id);
      const line = {
        method: c.req.method,
        path: c.req.path,
        status: c.res.status,
        durationMs: Math.round(passedMs() * 10) / 10,
      };
      services.log[levelOf(line)](line, 'request');
    });
  };

/** Files of the web app and successful webhooks are many and tell nothing. */
function levelOf({ path, status }: { readonly path: string; readonly status: number }): 'debug' | 'info' | 'warn' {
  if (status >= 500) return 'warn';
  if (status >= 400) return 'info';
  return path.startsWith('/v1/') || path === '/docs' || path === '/openapi.json' ? 'info' : 'debug';
}

/**
 * Scripts come from our own files only. Mantine puts its styles into the page at run time, which needs 'unsafe-inline' for styles;
 * images may be read from a file that the user has chosen (blob:) and from icons inside of styles (data:).
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const ONE_YEAR_SECONDS = 31_536_000;

export function securityHeaders(options: { readonly https: boolean }): MiddlewareHandler<HttpEnv> {
  const headers: readonly (readonly [string, string])[] = [
    ['content-security-policy', CONTENT_SECURITY_POLICY],
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['referrer-policy', 'same-origin'],
    ['cross-origin-opener-policy', 'same-origin'],
    ...(options.https ? [['strict-transport-security', `max-age=${ONE_YEAR_SECONDS}`] as const] : []),
  ];
  return async (c, next) => {
    await next();
    for (const [name, value] of headers) c.res.headers.set(name, value);
  };
}
