import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { unreachable } from '../platform/result.ts';
import type { OpenGateway } from '../services.ts';
import type { GatewayKind, WebhookEdge } from './gateway.ts';
import { quoGateway } from './quo/quo-gateway.ts';
import { quoWebhookEdge } from './quo/quo-webhook.ts';
import { twilioGateway } from './twilio/twilio-gateway.ts';
import { twilioWebhookEdge } from './twilio/twilio-webhook.ts';

const REQUEST_TIMEOUT_MS = 15_000;

/** Which adapter speaks to which kind of account. */
export const gatewayOpener =
  (clock: Clock, random: Random): OpenGateway =>
  ({ kind, baseUrl, webhookRef, apiKey }) => {
    const options = { baseUrl, apiKey, clock, random, requestTimeoutMs: REQUEST_TIMEOUT_MS };
    switch (kind) {
      case 'quo':
        return quoGateway(options);
      case 'twilio':
        return twilioGateway({ ...options, statusCallbackUrl: webhookRef });
      default:
        return unreachable(kind);
    }
  };

export const WEBHOOK_EDGES: Readonly<Record<GatewayKind, WebhookEdge>> = {
  quo: quoWebhookEdge,
  twilio: twilioWebhookEdge,
};
