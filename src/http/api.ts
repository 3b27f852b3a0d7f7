import { createHmac } from 'node:crypto';
import type { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/database.ts';
import { type IdKind, parseId, type Uuid } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import type { Network } from '../platform/network-address.ts';
import type { Outcome } from '../platform/refusal.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { ANONYMOUS, allows, type Caller } from './caller.ts';
import { clientAddress, type Incoming } from './client-address.ts';
import type { Access } from './contract/shared.ts';
import { describeRoute } from './describe-route.ts';
import { performOnce, readIdempotencyKey } from './idempotency.ts';
import { type HandlerOutcome, type ProblemInput, problemOf, problemResponse } from './problem.ts';
import { requestParser } from './request-input.ts';
import type { BodySchema, JsonRoute, Method, RawRoute, RouteAnswer, RouteInput } from './route-types.ts';
import { isSameOrigin } from './same-origin.ts';
import type { StreamSource, Streams } from './sse.ts';

/**
 * The one way to register a route. Every request goes through the same steps: origin, credentials, role, input by schema, use
 * case, answer by schema; refusals and thrown errors become problem documents.
 */
export interface Api {
  /** For reads, and for changes that open their own transaction. */
  handle<R extends JsonRoute>(
    route: R,
    handler: (input: RouteInput<R>) => Promise<HandlerOutcome<RouteAnswer<R>>>,
  ): void;
  /**
   * For routes with `idempotent: true`. `prepare` runs outside of any transaction (network calls), `effect` in the transaction that
   * also stores the answer under the caller's Idempotency-Key. A refusal rolls the transaction back. `effect` may run again after a
   * deadlock: nothing outside of `tx`.
   */
  effect<R extends JsonRoute, P = undefined>(route: R, steps: EffectSteps<R, P>): void;
  /** For answers that are not JSON and bodies that the handler reads itself (uploads, webhooks). */
  raw<R extends RawRoute>(route: R, handler: (input: RouteInput<R>) => Promise<HandlerOutcome<Response>>): void;
  /** Server-sent events; see `StreamSource`. */
  stream<R extends RawRoute>(route: R, open: (input: RouteInput<R>) => Promise<HandlerOutcome<StreamSource>>): void;
  /** Only says that there is such a route; whoever answers it stands before this one. */
  describe(route: RawRoute): void;
  readonly routes: readonly RegisteredRoute[];
}

export interface EffectSteps<R extends JsonRoute, P> {
  readonly prepare?: (input: RouteInput<R>) => Promise<Outcome<P>>;
  readonly effect: (tx: Tx, input: RouteInput<R>, prepared: P) => Promise<Outcome<RouteAnswer<R>>>;
}

export interface RegisteredRoute {
  readonly method: Method;
  readonly path: string;
  readonly access: Access;
  readonly idempotent: boolean;
}

export type HttpEnv = {
  Bindings: { incoming?: Incoming };
  Variables: { requestId: string };
};

/**
 * Who sends this request; a problem when it brings credentials that do not (any more) hold, or none. `answerHeaders` takes the
 * cookies of a session that is renewed or has ended.
 */
export type Authenticate = (request: Request, answerHeaders: Headers) => Promise<Result<Caller, ProblemInput>>;

export interface ApiOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly authenticate: Authenticate;
  readonly streams: Streams;
  /** Bodies carry passwords: what is stored to recognise a repeated one is worth nothing without this key. */
  readonly digestKey: string;
  /** Origins of our own pages besides the one that the request itself names. */
  readonly ownOrigins: () => readonly string[];
  /** Whose word about the address of a client is taken. */
  readonly trustedProxies: readonly Network[];
}

/** The stored UUID of a shown id that its schema has already checked; anything else is a bug. */
export function uuidOf(kind: IdKind, shownId: string): Uuid {
  const uuid = parseId(kind, shownId);
  if (uuid === undefined) throw new Error(`expected an id of kind ${kind}, got "${shownId}": the route lacks idOf`);
  return uuid;
}

type Answer = Result<Response, ProblemInput>;
type AnyInput = RouteInput<RawRoute>;
type Perform = (input: AnyInput) => Promise<Answer>;

/** Routes are added to `app` by `mount`, those with literal paths first: `/contacts/count` is not the contact "count". */
export function createApi(app: OpenAPIHono<HttpEnv>, options: ApiOptions): Api & { mount(): void } {
  const waiting: { readonly route: RegisteredRoute; readonly mount: () => void }[] = [];
  const add = (route: JsonRoute | RawRoute, perform: Perform): void => {
    const parse = requestParser({
      params: route.request?.params,
      query: route.request?.query,
      body: bodySchemaOf(route.request?.body),
    });
    const { method, path, access } = route;
    const foreignPages = 'foreignPages' in route && route.foreignPages === true;
    const mount = (): void => {
      app.openAPIRegistry.registerPath(describeRoute(route));
      app.on([method], [path.replaceAll(/\{(.+?)\}/g, ':$1')], (c) =>
        dispatch(options, { access, foreignPages, parse, perform }, c),
      );
    };
    waiting.push({ route: { method, path, access, idempotent: 'idempotent' in route && route.idempotent }, mount });
  };
  return {
    handle(route, handler) {
      if (route.idempotent) throw new Error(`${route.method} ${route.path} is idempotent: register it with effect`);
      add(route, async (input) => {
        const outcome = await handler(typed(input));
        return outcome.ok
          ? ok(jsonResponse(statusOf(route), checkAnswer(route, outcome.value)))
          : err(problemOf(outcome.error));
      });
    },
    effect(route, steps) {
      if (!route.idempotent)
        throw new Error(`${route.method} ${route.path} is not idempotent: register it with handle`);
      add(route, (input) => performEffect(options, { route, steps }, typed(input)));
    },
    raw(route, handler) {
      add(route, async (input) => {
        const outcome = await handler(typed(input));
        return outcome.ok ? outcome : err(problemOf(outcome.error));
      });
    },
    stream(route, open) {
      add(route, async (input) => {
        const outcome = await open(typed(input));
        return outcome.ok ? ok(options.streams.open(input.request, outcome.value)) : err(problemOf(outcome.error));
      });
    },
    describe: (route) => app.openAPIRegistry.registerPath(describeRoute(route)),
    get routes() {
      return waiting.map(({ route }) => route);
    },
    mount() {
      const parameters = (path: string): number => path.split('{').length;
      waiting.sort((a, b) => parameters(a.route.path) - parameters(b.route.path));
      for (const entry of waiting) entry.mount();
    },
  };
}

/** The input was parsed by the schemas of this very route, which is what `RouteInput<R>` says. */
const typed = <R extends JsonRoute | RawRoute>(input: AnyInput): RouteInput<R> => input as unknown as RouteInput<R>;

interface Dispatched {
  readonly access: Access;
  readonly foreignPages: boolean;
  readonly parse: ReturnType<typeof requestParser>;
  readonly perform: Perform;
}

async function dispatch(options: ApiOptions, route: Dispatched, c: Context<HttpEnv>): Promise<Response> {
  const where = { path: c.req.path, id: c.get('requestId') };
  const answerHeaders = new Headers();
  try {
    const answer = await answerOf(options, route, { c, answerHeaders });
    const response = answer.ok ? answer.value : problemResponse(answer.error, where);
    for (const [name, value] of answerHeaders) response.headers.append(name, value);
    return response;
  } catch (error) {
    options.log.error({ error, method: c.req.method, path: where.path }, 'request failed');
    return problemResponse(internalProblem(where.id), where);
  }
}

async function answerOf(
  options: ApiOptions,
  route: Dispatched,
  { c, answerHeaders }: { readonly c: Context<HttpEnv>; readonly answerHeaders: Headers },
): Promise<Answer> {
  const request = c.req.raw;
  const caller = await admit(options, route, { request, answerHeaders });
  if (!caller.ok) return caller;
  const parsed = await route.parse({ raw: request, params: c.req.param(), query: c.req.queries() });
  if (!parsed.ok) return parsed;
  return route.perform({
    ...(parsed.value as Pick<AnyInput, 'params' | 'query' | 'body'>),
    caller: caller.value,
    request,
    requestId: c.get('requestId'),
    remoteAddress: c.env.incoming === undefined ? '' : clientAddress(c.env.incoming, options.trustedProxies),
    answerHeaders,
  });
}

export const internalProblem = (requestId: string): ProblemInput => ({
  kind: 'internal',
  detail: `the server failed to answer; its log tells why under the reference ${requestId}`,
});

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Origin, credentials and role, before anything of the request is read. */
async function admit(
  options: ApiOptions,
  { access, foreignPages }: Pick<Dispatched, 'access' | 'foreignPages'>,
  { request, answerHeaders }: { readonly request: Request; readonly answerHeaders: Headers },
): Promise<Result<Caller, ProblemInput>> {
  const byKey = request.headers.has('authorization');
  if (!byKey && !foreignPages && !SAFE_METHODS.has(request.method)) {
    const own = [new URL(request.url).origin, ...options.ownOrigins()];
    if (!isSameOrigin(request.headers, own)) return err(foreignPage(request.headers.get('origin')));
  }
  if (access === 'public') return ok(ANONYMOUS);
  const caller = await options.authenticate(request, answerHeaders);
  if (!caller.ok || allows(access, caller.value)) return caller;
  const role = caller.value.kind === 'anonymous' ? 'nobody' : caller.value.role;
  return err({
    kind: 'forbidden',
    detail: `this needs the role ${access} or a higher one, and you are ${role}; ask an owner to change it`,
  });
}

const foreignPage = (origin: string | null): ProblemInput => ({
  kind: 'forbidden',
  detail: `this request comes from a page of another site (${origin ?? 'unknown'}); open Textwright itself and do it there`,
});

async function performEffect<R extends JsonRoute, P>(
  { db, clock, digestKey }: ApiOptions,
  { route, steps }: { readonly route: R; readonly steps: EffectSteps<R, P> },
  input: RouteInput<R>,
): Promise<Answer> {
  const key = readIdempotencyKey(input.request.headers);
  if (!key.ok) return key;
  const content = JSON.stringify([route.method, route.path, input.params, input.query, input.body ?? null]);
  const result = await performOnce<P | undefined, unknown>(db, {
    id: { actor: input.caller.actor, key: key.value },
    route: `${route.method} ${route.path}`,
    requestDigest: createHmac('sha256', digestKey).update(content).digest('hex'),
    status: statusOf(route),
    now: clock.now(),
    prepare: async () => steps.prepare?.(input) ?? ok(undefined),
    effect: async (tx, prepared) => {
      // Without `prepare`, P is undefined (its default).
      const outcome = await steps.effect(tx, input, prepared as P);
      return outcome.ok ? ok(checkAnswer(route, outcome.value)) : outcome;
    },
  });
  return result.ok ? ok(jsonResponse(result.value.status, result.value.response)) : result;
}

/** What leaves matches its description, and nothing besides leaves; a mismatch is a bug and answers 500. */
function checkAnswer(route: JsonRoute, value: unknown): unknown {
  const checked = route.responseSchema.safeParse(value);
  if (checked.success) return checked.data;
  throw new Error(`answer of ${route.method} ${route.path} is not what its description says`, { cause: checked.error });
}

const jsonResponse = (status: number, value: unknown): Response =>
  new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });

const statusOf = (route: JsonRoute): number => Number(Object.keys(route.responses).find((code) => code !== 'default'));

function bodySchemaOf(body: unknown): z.ZodType | undefined {
  // The only body that `jsonRoute` makes.
  return (body as BodySchema<z.ZodType> | undefined)?.content['application/json'].schema;
}
