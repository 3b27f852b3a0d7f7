import { z } from 'zod';
import type { Log } from '../../platform/log.ts';
import { err, ok, unreachable } from '../../platform/result.ts';
import type { Intake, IntakeRefusal, WebhookTarget } from '../../webhooks/intake.ts';
import { type Api, uuidOf } from '../api.ts';
import { idOf } from '../contract/shared.ts';
import type { ProblemInput } from '../problem.ts';
import { readAtMost } from '../request-input.ts';
import { type RouteInput, rawRoute } from '../route-types.ts';

/** Events are a few kilobytes; anything larger is not one. */
const WEBHOOK_BYTES_MAX = 1_000_000;
/** Seconds. */
const RETRY_AFTER_AWAY = '5';

const quoWebhook = rawRoute({
  method: 'post',
  path: '/webhooks/quo/{account}',
  access: 'public',
  summary: 'Events of the gateway; the signature is checked instead of a sign-in',
  tag: 'Webhooks',
  produces: 'application/json',
  request: { params: z.object({ account: idOf('account') }) },
});

const sandboxWebhook = rawRoute({
  ...quoWebhook,
  path: '/webhooks/sandbox/{account}',
  summary: 'Events of the sandbox, which speaks as the gateway does',
});

const onlyQuoWebhook = rawRoute({
  method: 'post',
  path: '/api/webhooks/openphone',
  access: 'public',
  summary: 'The same address for the only account of OpenPhone (Quo)',
  tag: 'Webhooks',
  produces: 'application/json',
});

export function registerWebhookRoutes(api: Api, services: { readonly log: Log; readonly intake: Intake }): void {
  const { intake, log } = services;
  const receive = async (
    { request, remoteAddress }: Pick<RouteInput<typeof onlyQuoWebhook>, 'request' | 'remoteAddress'>,
    to: WebhookTarget,
  ) => {
    const rawBody = await readAtMost(request, WEBHOOK_BYTES_MAX);
    if (rawBody === undefined)
      return err({ kind: 'too_large', detail: `a webhook may have at most ${WEBHOOK_BYTES_MAX} bytes` } as const);
    const received = await intake.receive({ ...to, rawBody, headers: request.headers, source: remoteAddress });
    if (received.ok) return ok(Response.json({ ok: true, repeated: received.value.repeated }));
    log.warn({ ...to, refusal: received.error }, 'webhook refused');
    return err(problemOf(received.error));
  };
  api.raw(quoWebhook, (input) =>
    receive(input, { kind: 'quo', accountId: uuidOf('account', input.params.account), sandboxOnly: false }),
  );
  api.raw(sandboxWebhook, (input) =>
    receive(input, { kind: 'quo', accountId: uuidOf('account', input.params.account), sandboxOnly: true }),
  );
  api.raw(onlyQuoWebhook, (input) => receive(input, { kind: 'quo', accountId: 'only', sandboxOnly: false }));
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
