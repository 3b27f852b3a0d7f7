import { SECOND_MS } from '../../platform/time.ts';
import { isCallPart, newestCall, newestCalls, readCallPart } from './call-routes.ts';
import { acceptText, type Carrier } from './carrier.ts';
import { listConversations } from './conversation-routes.ts';
import { newestMessages } from './newest-route.ts';
import { createNewestWebhook, listNewestWebhooks, oneNewestWebhook } from './newest-webhook-routes.ts';
import { REFUSALS, type Refusal } from './options.ts';
import { rateWindow } from './rate-window.ts';
import { listMessages, readMessage } from './read-routes.ts';
import { sendRoute } from './send-route.ts';
import { createWebhook, isWebhookFamily, listWebhooks, readWebhook, removeWebhook } from './webhook-routes.ts';
import {
  type ApiAnswer,
  invalidInput,
  newestInvalid,
  newestNotFound,
  noSuchPath,
  phoneNumberJson,
  refused,
  unauthorized,
} from './wire.ts';

export interface ApiRequest {
  readonly method: string;
  /** Path and query as received. */
  readonly target: string;
  readonly authorization: string | undefined;
  /** Header `Quo-Api-Version`. */
  readonly apiVersion: string | undefined;
  readonly body: Uint8Array;
}

interface RoutesOptions {
  readonly carrier: Carrier;
  readonly refusals: () => readonly Refusal[];
  readonly requestsPerSecond: number;
}

/** Key, rate, then the route: the order in which the provider looks at a request. */
export function apiRoutes(options: RoutesOptions): (request: ApiRequest) => ApiAnswer {
  const accountByKey = new Map(options.carrier.world.accounts.map(({ apiKey }, account) => [apiKey, account]));
  const windows = options.carrier.world.accounts.map(() =>
    rateWindow({ limit: options.requestsPerSecond, windowMs: SECOND_MS }),
  );
  return (request) => {
    const apiKey = request.authorization ?? '';
    const account = accountByKey.get(apiKey);
    if (account === undefined) return unauthorized;
    if (windows[account]?.admits(options.carrier.clock.now().epochMilliseconds) !== true)
      return refused(REFUSALS.rateLimited);
    return route(options, { ...request, account, apiKey });
  };
}

interface KnownRequest extends ApiRequest {
  readonly account: number;
  readonly apiKey: string;
}

function route(options: RoutesOptions, request: KnownRequest): ApiAnswer {
  const [path = '', query = ''] = splitOnce(request.target, '?');
  const [version, resource, id, ...rest] = path.slice(1).split('/');
  if (version === 'webhooks' || (request.method === 'GET' && (version === 'messages' || version === 'calls')))
    return newestRoute(options, request, { path, query: new URLSearchParams(query) });
  if (version !== 'v1' || rest.length > 0) return noSuchPath;
  if (request.method === 'GET' && isCallPart(resource) && id !== undefined)
    return readCallPart({ world: options.carrier.world, account: request.account, resource, id });
  switch (`${request.method} ${resource}${id === undefined ? '' : '/'}`) {
    case 'POST messages':
      return withJson(request, (body) =>
        sendRoute({
          ...request,
          world: options.carrier.world,
          body,
          refusals: options.refusals(),
          accept: (text) => acceptText(options.carrier, text),
        }),
      );
    case 'GET messages':
      return listMessages({
        world: options.carrier.world,
        account: request.account,
        query: new URLSearchParams(query),
      });
    case 'GET messages/':
      return readMessage({ world: options.carrier.world, account: request.account, id: id ?? '' });
    case 'GET conversations':
      return listConversations({
        world: options.carrier.world,
        account: request.account,
        query: new URLSearchParams(query),
      });
    case 'GET phone-numbers':
      return listNumbers(options, request);
    default:
      return resource === 'webhooks' ? webhookRoute(options, request, id) : noSuchPath;
  }
}

const VERSION = '2026-03-30';

/** Paths of that generation have no version in them; a header must name it. */
function newestRoute(
  { carrier }: RoutesOptions,
  request: KnownRequest,
  { path, query }: { readonly path: string; readonly query: URLSearchParams },
): ApiAnswer {
  if (request.apiVersion !== VERSION)
    return newestInvalid([{ path: 'Quo-Api-Version', message: `Expected ${VERSION}`, schema: { type: 'string' } }]);
  const { world, seed, record, clock } = carrier;
  const { account, method } = request;
  const [resource, id, ...rest] = path.slice(1).split('/');
  const context = { world, seed, record, account, nowMs: clock.now().epochMilliseconds };
  if (resource === 'messages' && id === undefined) return newestMessages({ world, account, query });
  if (resource === 'calls' && rest.length === 0)
    return id === undefined ? newestCalls({ world, account, query }) : newestCall({ world, account, id });
  if (resource !== 'webhooks') return newestNotFound;
  if (id !== undefined)
    return withJson(request, (body) => oneNewestWebhook(context, { method, id, rest: rest.join('/'), body }));
  if (method === 'POST') return withJson(request, (body) => createNewestWebhook(context, body));
  return method === 'GET' ? listNewestWebhooks(context) : newestNotFound;
}

function webhookRoute(options: RoutesOptions, request: KnownRequest, id: string | undefined): ApiAnswer {
  const { world, seed, record, clock } = options.carrier;
  const context = { world, seed, record, account: request.account, nowMs: clock.now().epochMilliseconds };
  if (request.method === 'POST' && isWebhookFamily(id))
    return withJson(request, (body) => createWebhook({ ...context, family: id, body }));
  if (request.method === 'GET' && id === undefined) return listWebhooks(world, request.account);
  if (request.method === 'GET' && id !== undefined) return readWebhook({ ...context, id });
  if (request.method === 'DELETE' && id !== undefined) return removeWebhook({ ...context, id });
  return noSuchPath;
}

function listNumbers(options: RoutesOptions, request: KnownRequest): ApiAnswer {
  const lanes = [...options.carrier.world.laneByRef.values()].filter(({ account }) => account === request.account);
  const isRestricted = (laneRef: string): boolean =>
    options
      .refusals()
      .some(
        (refusal) =>
          refusal.code === REFUSALS.registrationMissing.code &&
          (refusal.laneRef ?? laneRef) === laneRef &&
          (refusal.apiKey ?? request.apiKey) === request.apiKey,
      );
  const createdAtMs = options.carrier.world.startedAtMs;
  const data = lanes.map((lane) => phoneNumberJson(lane, { mayText: !isRestricted(lane.id), createdAtMs }));
  return { status: 200, body: { data } };
}

function withJson(request: ApiRequest, use: (body: unknown) => ApiAnswer): ApiAnswer {
  let body: unknown;
  if (request.body.length === 0) return use(undefined);
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body));
  } catch {
    return invalidInput('02', [{ path: '', message: 'Expected JSON', schema: { type: 'object' } }]);
  }
  return use(body);
}

const splitOnce = (text: string, mark: string): readonly string[] => {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};
