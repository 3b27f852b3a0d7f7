/**
 * What answers while there has been no database since the start: webhooks are kept on the disk as far as their accounts are known from
 * before, everything else is asked to come again.
 */
import type { NewUuid } from '../platform/ids.ts';
import { plainPage } from '../platform/plain-page.ts';
import { htmlAnswer } from './html-answer.ts';
import type { Answering } from './listen.ts';
import { problemResponse } from './problem.ts';
import type { Door } from './webhook-door.ts';

const RETRY_AFTER_SECONDS = '5';
const AWAY = 'the database is away: this server waits for it, and goes on by itself';

export const waitingRoom = ({ door, newUuid }: { readonly door: Door; readonly newUuid: NewUuid }): Answering => ({
  door,
  app: { fetch: (request) => answer(request, newUuid()) },
  drain: () => undefined,
  close: async () => undefined,
});

function answer(request: Request, id: string): Response {
  const { pathname: path } = new URL(request.url);
  if (path === '/health/live') return Response.json({ status: 'ok' });
  if (request.headers.get('accept')?.includes('text/html') === true) return later(htmlAnswer(503, PAGE));
  return later(problemResponse({ kind: 'unavailable', detail: AWAY }, { path, id }));
}

const PAGE = plainPage({
  title: 'Textwright waits for its database',
  content:
    '<p>PostgreSQL does not answer. As soon as it does, this server goes on by itself: load this page again then.</p>',
  language: 'en',
});

function later(response: Response): Response {
  response.headers.set('retry-after', RETRY_AFTER_SECONDS);
  return response;
}
