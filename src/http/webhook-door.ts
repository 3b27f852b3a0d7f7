/**
 * The way in for webhooks, in front of all other routes: they are most of all requests, come in bursts, and need nothing of what the
 * others do. Providers know no cookies and no roles; their signature is checked instead.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { AccountRow } from '../gateways/account.ts';
import { stopwatch } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { isTransient } from '../platform/database.ts';
import { type NewUuid, parseId, type Uuid } from '../platform/ids.ts';
import { type Log, withCorrelation } from '../platform/log.ts';
import { unreachable } from '../platform/result.ts';
import type { IntakeRefusal, WebhookTarget } from '../webhooks/incoming.ts';
import type { DoorIntake } from '../webhooks/intake.ts';
import { type Api, internalProblem } from './api.ts';
import { clientAddress } from './client-address.ts';
import { idOf } from './contract/shared.ts';
import { type ProblemInput, problemResponse } from './problem.ts';
import { type RawRoute, rawRoute } from './route-types.ts';

/** Events are a few kilobytes; anything larger is not one. */
const WEBHOOK_BYTES_MAX = 1_000_000;
/** Seconds. */
const RETRY_AFTER_AWAY = '5';
/** Of silence, real time: a body of some kilobytes comes at once, and a provider waits no longer for its answer. */
const SILENCE_MS_MAX = 15_000;
/** Of the whole request, real time: a byte every few seconds must not hold a connection either. */
const REQUEST_MS_MAX = 30_000;

export interface DoorPatience {
  readonly silenceMsMax?: number;
  readonly requestMsMax?: number;
}

/** True when the request was for this door: it is being answered. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

export function webhookDoor(
  services: {
    readonly intake: DoorIntake;
    readonly log: Log;
    readonly newUuid: NewUuid;
    readonly config: Pick<Config, 'trustedProxies'>;
  },
  patience: DoorPatience = {},
): Door {
  return (request, response) => {
    const target = request.method === 'POST' ? targetOf(request.url ?? '') : undefined;
    if (target === undefined) return false;
    // Uploads may take an hour here; a stranger must not hold connections open for as long.
    letGoOfSlow(request, patience);
    void answer(services, { request, response, target });
    return true;
  };
}

/** Without a timer for each request, of which thousands come in a second: what drips wakes this with every drop. */
function letGoOfSlow(
  request: IncomingMessage,
  { silenceMsMax = SILENCE_MS_MAX, requestMsMax = REQUEST_MS_MAX }: DoorPatience,
): void {
  const passedMs = stopwatch();
  request.setTimeout(Math.min(silenceMsMax, requestMsMax), () => request.destroy());
  request.on('data', () => {
    const leftMs = requestMsMax - passedMs();
    if (leftMs <= 0) request.destroy();
    else if (leftMs < silenceMsMax) request.setTimeout(Math.ceil(leftMs));
  });
}

/** People type these addresses: a slash at their end is none of another page. */
const ONE_ACCOUNT = /^\/webhooks\/(quo|twilio|sandbox)\/([^/?]+)\/?(?:\?|$)/;
const ONLY_ACCOUNT = /^\/api\/webhooks\/openphone\/?(?:\?|$)/;

function targetOf(url: string): WebhookTarget | undefined {
  if (ONLY_ACCOUNT.test(url)) return { kind: 'quo', accountId: 'only', sandboxOnly: false };
  const [, way, shownId = ''] = ONE_ACCOUNT.exec(url) ?? [];
  const accountId = parseId('account', shownId);
  if (way === undefined || accountId === undefined) return undefined;
  return { ...WAYS[way as keyof typeof WAYS], accountId };
}

const WAYS: Readonly<
  Record<'quo' | 'twilio' | 'sandbox', { readonly kind: AccountRow['kind']; readonly sandboxOnly: boolean }>
> = {
  quo: { kind: 'quo', sandboxOnly: false },
  twilio: { kind: 'twilio', sandboxOnly: false },
  sandbox: { kind: 'quo', sandboxOnly: true },
};

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: WebhookTarget;
}

async function answer(
  { intake, log, newUuid, config }: Parameters<typeof webhookDoor>[0],
  { request, response, target }: Call,
): Promise<void> {
  const refuse = async (problem: ProblemInput, id: Uuid): Promise<void> => {
    const refused = problemResponse(problem, { path: pathOf(request), id });
    if (problem.kind === 'too_large') response.setHeader('connection', 'close');
    send(
      response,
      refused.status,
      { ...Object.fromEntries(refused.headers), 'x-request-id': id },
      await refused.text(),
    );
  };
  try {
    const rawBody = await readAtMost(request, WEBHOOK_BYTES_MAX);
    const source = clientAddress(request, config.trustedProxies);
    if (rawBody === undefined) {
      await intake.countTooLarge({ ...target, source });
      return await refuse(
        { kind: 'too_large', detail: `a webhook may have at most ${WEBHOOK_BYTES_MAX} bytes` },
        newUuid(),
      );
    }
    const query = (request.url ?? '').slice(pathOf(request).length);
    const received = await intake.receive({ ...target, query, rawBody, headers: request.headers, source });
    // Twilio would text the words of an answer to the person.
    if (received.ok && target.kind === 'twilio') return void response.writeHead(204).end();
    if (received.ok) return send(response, 200, JSON_HEADERS, received.value.repeated ? REPEATED : STORED);
    const id = newUuid();
    withCorrelation(id, () => log.warn({ ...target, source, refusal: received.error }, 'webhook refused'));
    await refuse(problemOf(received.error), id);
  } catch (error) {
    // Whoever has gone away needs no answer.
    if (request.destroyed && !request.complete) return;
    const id = newUuid();
    withCorrelation(id, () => log.error({ error, ...target }, 'webhook failed'));
    // Nobody can say yet whose signature this is: the provider is to send it again.
    await refuse(isTransient(error) ? problemOf(UNKNOWN_YET) : internalProblem(id), id);
  }
}

const UNKNOWN_YET: IntakeRefusal = { kind: 'away', message: 'the database is away: send it again' };

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?')[0] ?? '';

const JSON_HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;
const STORED = JSON.stringify({ ok: true, repeated: false });
const REPEATED = JSON.stringify({ ok: true, repeated: true });

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** `undefined` when it is larger, as soon as that is known. */
async function readAtMost(request: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return undefined;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > bytesMax) {
        request.pause();
        resolve(undefined);
      } else chunks.push(chunk);
    });
    request.on('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    request.on('error', reject);
  });
}

function problemOf(refusal: IntakeRefusal): ProblemInput {
  switch (refusal.kind) {
    case 'unknown_account':
      return { kind: 'not_found', detail: refusal.message };
    case 'signature':
      return { kind: 'unauthorized', detail: refusal.message };
    case 'too_many':
      return {
        kind: 'too_many_requests',
        detail: refusal.message,
        headers: { 'retry-after': String(refusal.retryAfterSeconds) },
      };
    case 'away':
      return { kind: 'unavailable', detail: refusal.message, headers: { 'retry-after': RETRY_AFTER_AWAY } };
    default:
      return unreachable(refusal);
  }
}

/** For the description of the API. */
export function describeWebhooks(api: Pick<Api, 'describe'>): void {
  for (const route of WEBHOOK_ROUTES) api.describe(route);
}

const WEBHOOK_ROUTES: readonly RawRoute[] = [
  rawRoute({
    method: 'post',
    path: '/webhooks/quo/{account}',
    access: 'public',
    summary: 'Events of the gateway; the signature is checked instead of a sign-in',
    tag: 'Webhooks',
    produces: 'application/json',
    request: { params: z.object({ account: idOf('account') }) },
  }),
  rawRoute({
    method: 'post',
    path: '/webhooks/twilio/{account}',
    access: 'public',
    summary: 'Texts and status callbacks of Twilio; answered 204, for words would be texted to the person',
    tag: 'Webhooks',
    produces: 'application/json',
    request: { params: z.object({ account: idOf('account') }) },
  }),
  rawRoute({
    method: 'post',
    path: '/webhooks/sandbox/{account}',
    access: 'public',
    summary: 'Events of the sandbox, which speaks as the gateway does',
    tag: 'Webhooks',
    produces: 'application/json',
    request: { params: z.object({ account: idOf('account') }) },
  }),
  rawRoute({
    method: 'post',
    path: '/api/webhooks/openphone',
    access: 'public',
    summary: 'The same for the only account of OpenPhone (Quo), without its id',
    tag: 'Webhooks',
    produces: 'application/json',
  }),
];
