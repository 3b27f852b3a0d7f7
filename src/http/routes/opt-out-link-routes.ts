import { z } from '@hono/zod-openapi';
import { getBusiness } from '../../business/business-store.ts';
import { linkTokens } from '../../compliance/link-token.ts';
import { stopByLink } from '../../compliance/stop-by-link.ts';
import { notifyLive } from '../../platform/live.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import type { Api } from '../api.ts';
import { attemptLimit } from '../attempt-limit.ts';
import { type OptOutPage, optOutPage } from '../opt-out-page.ts';
import { rawRoute } from '../route-types.ts';

const about = {
  path: '/u/{token}',
  access: 'public',
  tag: 'Opt-out link',
  produces: 'text/html',
  request: { params: z.object({ token: z.string() }) },
} as const;
const ask = rawRoute({
  ...about,
  method: 'get',
  summary: 'The page behind the link in a text. It changes nothing: programs that look at links must opt nobody out',
});
const stop = rawRoute({
  ...about,
  method: 'post',
  summary: 'Opts the number out that got the link, at once and without a sign-in; whatever the body says',
});

const USER_AGENT_MAX = 300;

export function registerOptOutLinkRoutes(
  api: Api,
  services: Pick<Services, 'database' | 'clock' | 'newUuid' | 'secrets'>,
): void {
  const { db } = services.database;
  const tokens = linkTokens(services.secrets);
  // By link and not by address: nobody who shares an address with others may be kept from opting out.
  const limit = attemptLimit(services.clock);
  const page = async (kind: OptOutPage) => ok(optOutPage(kind, (await getBusiness(db)).name));
  api.raw(ask, ({ params }) => page(tokens.phoneOf(params.token) === undefined ? 'unknown' : 'ask'));
  api.raw(stop, async ({ params, request, remoteAddress }) => {
    const phone = tokens.phoneOf(params.token);
    if (phone === undefined) return page('unknown');
    if (limit.attempt(phone) !== undefined) return page('too_often');
    const userAgent = request.headers.get('user-agent')?.slice(0, USER_AGENT_MAX) ?? null;
    await stopByLink({ ...services, db }, { phone, address: remoteAddress, userAgent });
    await notifyLive(db, ['contacts', 'inbox']);
    return page('done');
  });
}
