import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from './api.ts';

/** Names of built files in `assets/` carry a hash of their content: what is cached once is right for ever. */
const HASHED = '/assets/';
const FOR_EVER = 'public, max-age=31536000, immutable';
/** Cached, but asked about each time. */
const REVALIDATED = 'no-cache';

/** The built web pages; every path that a browser opens as a page and that is no file gets index.html (the web app routes it). */
export function staticFiles(webDir: string): readonly MiddlewareHandler<HttpEnv>[] {
  const indexFile = join(webDir, 'index.html');
  if (!existsSync(indexFile)) return [notBuilt];
  const file = serveStatic({
    root: webDir,
    precompressed: true,
    onFound: (path, c) => c.header('cache-control', path.includes(HASHED) ? FOR_EVER : REVALIDATED),
  });
  const page: MiddlewareHandler<HttpEnv> = async (c, next) => {
    if (!opensPage(c.req.method, c.req.header('accept'))) return next();
    return c.html(await readFile(indexFile, 'utf8'), 200, { 'cache-control': REVALIDATED });
  };
  return [file, page];
}

const notBuilt: MiddlewareHandler<HttpEnv> = async (c, next) =>
  opensPage(c.req.method, c.req.header('accept'))
    ? c.text(
        'The web pages of Textwright are not built yet. Run `npm run build`, then start the server again.\nThe API works without them.\n',
        503,
        { 'cache-control': 'no-store' },
      )
    : next();

const opensPage = (method: string, accept: string | undefined): boolean =>
  (method === 'GET' || method === 'HEAD') && (accept?.includes('text/html') ?? false);
