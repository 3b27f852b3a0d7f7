import { z } from 'zod';
import { GATEWAY_KINDS, type GatewayKind } from '../../gateways/gateway.ts';
import { err, ok, unreachable } from '../../platform/result.ts';
import { type IntakeRefusal, type IntakeServices, receiveWebhook } from '../../webhooks/intake.ts';
import { type Api, uuidOf } from '../api.ts';
import { idOf } from '../contract/shared.ts';
import type { ProblemInput } from '../problem.ts';
import { readAtMost } from '../request-input.ts';
import { rawRoute } from '../route-types.ts';

/** Events are a few kilobytes; anything larger is not one. */
const WEBHOOK_BYTES_MAX = 1_000_000;

const webhookRoute = (kind: GatewayKind) =>
  rawRoute({
    method: 'post',
    path: `/webhooks/${kind}/{account}`,
    access: 'public',
    summary: 'Events of the gateway; the signature is checked instead of a sign-in',
    tag: 'Webhooks',
    produces: 'application/json',
    request: { params: z.object({ account: idOf('account') }) },
  });

export function registerWebhookRoutes(api: Api, services: IntakeServices): void {
  for (const kind of GATEWAY_KINDS) registerWebhookRoute(api, services, kind);
}

function registerWebhookRoute(api: Api, services: IntakeServices, kind: GatewayKind): void {
  api.raw(webhookRoute(kind), async ({ params, request }) => {
    const rawBody = await readAtMost(request, WEBHOOK_BYTES_MAX);
    if (rawBody === undefined)
      return err({ kind: 'too_large', detail: `a webhook may have at most ${WEBHOOK_BYTES_MAX} bytes` });
    const received = await receiveWebhook(services, {
      accountId: uuidOf('account', params.account),
      query: new URL(request.url).search,
      rawBody,
      header: (name) => request.headers.get(name) ?? undefined,
    });
    if (received.ok) return ok(thanks(kind, received.value));
    services.log.warn({ account: params.account, refusal: received.error }, 'webhook refused');
    return err(problemOf(received.error));
  });
}

/** Twilio takes words in an answer for an answer to the person: it gets none. */
const thanks = (kind: GatewayKind, { repeated }: { readonly repeated: boolean }): Response =>
  kind === 'twilio' ? new Response(null, { status: 204 }) : Response.json({ ok: true, repeated });

function problemOf(refusal: IntakeRefusal): ProblemInput {
  switch (refusal.kind) {
    case 'unknown_account':
      return { kind: 'not_found', detail: refusal.message };
    case 'signature':
      return { kind: 'unauthorized', detail: refusal.message };
    case 'unreadable':
      return { kind: 'invalid', detail: refusal.message };
    default:
      return unreachable(refusal);
  }
}
