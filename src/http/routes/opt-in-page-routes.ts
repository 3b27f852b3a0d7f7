import { z } from '@hono/zod-openapi';
import type { ReplyLanguage } from '../../compliance/keywords.ts';
import { decideSubmission, originOf, siteOf } from '../../opt-in-forms/decide-submission.ts';
import { formScript, type Notice } from '../../opt-in-forms/form-html.ts';
import { FORM_LANGUAGES } from '../../opt-in-forms/opt-in-form.ts';
import { findPublicForm, type PublicForm, readWording } from '../../opt-in-forms/opt-in-form-store.ts';
import { submitForm } from '../../opt-in-forms/submit-form.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import type { Api } from '../api.ts';
import { attemptLimit } from '../attempt-limit.ts';
import { type OptInPages, optInPages, type PageNeeds } from '../opt-in-pages.ts';
import { ADDRESS_LENGTH_MAX, readSentForm } from '../read-sent-form.ts';
import { type RouteInput, rawRoute } from '../route-types.ts';

const about = {
  access: 'public',
  tag: 'Opt-in forms',
  request: { params: z.object({ token: z.string() }), query: z.object({ lang: z.string().optional() }) },
} as const;
const look = rawRoute({
  ...about,
  path: '/f/{token}',
  method: 'get',
  summary: 'Our own page of a form: plain HTML, an empty box, no script',
  produces: 'text/html',
});
const send = rawRoute({
  ...about,
  path: '/f/{token}',
  method: 'post',
  foreignPages: true,
  summary:
    'Sends a form in (application/x-www-form-urlencoded), from our own page or one of an allowed origin. Without a ticket, too fast, or with something missing, our own page answers',
  produces: 'text/html',
});
const script = rawRoute({
  ...about,
  path: '/f/{token}/form.js',
  method: 'get',
  summary: 'Fetches a ticket for the forms of a page that holds them',
  produces: 'text/javascript',
});
const ticket = rawRoute({
  ...about,
  path: '/f/{token}/ticket',
  method: 'get',
  summary: 'A ticket for a page of an allowed origin, which says what words it shows',
  produces: 'application/json',
  request: {
    params: about.request.params,
    query: z.object({
      version: z.coerce.number().int().min(1).max(1_000_000),
      language: z.enum(FORM_LANGUAGES),
    }),
  },
});

type PageServices = PageNeeds & Pick<Services, 'newUuid' | 'log'>;

export function registerOptInPageRoutes(api: Api, services: PageServices): void {
  const { db } = services.database;
  const pages = optInPages(services);
  api.raw(look, async ({ params, query, request }) => {
    const form = await findPublicForm(db, params.token);
    const language = languageOf(query.lang, request.headers);
    if (form === undefined) return ok(await pages.notice('unknown', { form, language }));
    return ok(isClosed(form) ? await pages.notice('closed', { form, language }) : pages.form(form, language));
  });
  registerSend(api, services, pages);
  registerTickets(api, services, pages);
}

function registerSend(api: Api, services: PageServices, pages: OptInPages): void {
  const { clock } = services;
  const { db } = services.database;
  const limit = attemptLimit(clock);
  const answer = async ({ params, query, request, remoteAddress }: RouteInput<typeof send>): Promise<Response> => {
    const { headers } = request;
    const form = await findPublicForm(db, params.token);
    const sent = await readSentForm(request, pages.tickets);
    const language = sent?.form.ticket?.language ?? languageOf(sent?.language ?? query.lang, headers);
    const notice = (what: Notice): Promise<Response> => pages.notice(what, { form, language });
    if (form === undefined || sent === undefined) return notice('unknown');
    if (isClosed(form)) return notice('closed');
    const site = siteOf(form, { origin: headers.get('origin'), referer: headers.get('referer') }, pages.ownOrigin());
    if (site === 'foreign') return notice('foreign');
    if (limit.attempt(remoteAddress) !== undefined) return notice('too_often');
    const decision = decideSubmission(form, sent.form, clock.now().epochMilliseconds);
    if (decision.kind === 'show')
      return pages.form(form, language, { problem: decision.problem, typed: sent.form.typed });
    const done = form.doubleOptIn ? 'asked' : 'signed_up';
    if (decision.kind === 'trapped') {
      services.log.info({ form: form.name }, 'a form was filled in by a program');
      return notice(done);
    }
    const formUrl = site === 'allowed' ? pageOf(sent.page, headers) : pages.addressOf(form.token);
    const userAgent = headers.get('user-agent')?.slice(0, USER_AGENT_MAX);
    const { ticketText } = sent;
    const submission = { ...decision, form, ticketText, typed: sent.form.typed, formUrl, ip: remoteAddress, userAgent };
    if ((await submitForm({ ...services, db }, submission)) === 'too_often') return notice('too_often');
    return site === 'allowed' && form.redirectUrl !== null ? ledTo(form.redirectUrl) : notice(done);
  };
  api.raw(send, async (asked) => ok(await answer(asked)));
}

const ledTo = (location: string): Response =>
  new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });

/** For pages of other sites: without one they are finished on our own page. */
function registerTickets(api: Api, { clock, database: { db } }: PageServices, pages: OptInPages): void {
  api.raw(script, async ({ params }) =>
    ok(
      new Response(formScript(pages.addressOf(params.token)), {
        headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=3600' },
      }),
    ),
  );
  api.raw(ticket, async ({ params, query: { version, language }, request }) => {
    const form = await findPublicForm(db, params.token);
    const origin = request.headers.get('origin');
    const allowed = form !== undefined && !isClosed(form) && origin !== null && form.allowedOrigins.includes(origin);
    const headers = { 'cache-control': 'no-store', vary: 'origin' };
    if (!allowed || (await readWording(db, { formId: form.id, version, language })) === undefined)
      return ok(new Response(null, { status: 404, headers }));
    const issuedAtMs = clock.now().epochMilliseconds;
    const given = { ticket: pages.tickets.issue({ token: form.token, version, language, issuedAtMs }) };
    return ok(
      new Response(JSON.stringify(given), {
        headers: { ...headers, 'content-type': 'application/json', 'access-control-allow-origin': origin },
      }),
    );
  });
}

const USER_AGENT_MAX = 300;

const isClosed = ({ closedAt, laneIsOff }: PublicForm): boolean => closedAt !== null || laneIsOff;

const languageOf = (asked: string | undefined, headers: Headers): ReplyLanguage =>
  FORM_LANGUAGES.find((language) => language === asked) ??
  (headers.get('accept-language')?.trim().toLowerCase().startsWith('es') === true ? 'es' : 'en');

/** As the page says itself, when its site is the one that the browser names; else what the browser says, which may be the site alone. */
function pageOf(page: string | null, headers: Headers): string {
  const referer = headers.get('referer')?.slice(0, ADDRESS_LENGTH_MAX) ?? null;
  const origin = headers.get('origin') ?? originOf(referer);
  if (page !== null && originOf(page) === origin) return page;
  return referer ?? origin ?? 'unknown';
}
