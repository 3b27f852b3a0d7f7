import { webhookUrl } from '../gateways/connect-account.ts';
import { patience } from '../platform/clock.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { MINUTE_MS } from '../platform/time.ts';
import type { Services } from '../services.ts';
import type { Endpoint, Endpoints } from './endpoints.ts';
import type { IncomingWebhook, IntakeRefusal, WebhookTarget } from './incoming.ts';

type VerifyServices = Pick<Services, 'clock' | 'webhookEdge' | 'publicUrl' | 'localUrl'>;

/** Older or newer deliveries are refused: a recorded one must not be played back later. */
const TOLERANCE_MS = 5 * MINUTE_MS;

const UNKNOWN_ACCOUNT: IntakeRefusal = {
  kind: 'unknown_account',
  message: 'no such webhook address: compare it with the one in the settings of the account',
};

async function endpointOf(
  endpoints: Endpoints,
  { kind, accountId, sandboxOnly }: WebhookTarget,
): Promise<Endpoint | undefined> {
  if (accountId === 'only') return endpoints.only(kind);
  const known = (await endpoints.get(accountId)) ?? (await endpoints.refreshed(accountId));
  if (known?.account.kind !== kind || (sandboxOnly && known.account.environment !== 'sandbox')) return undefined;
  return known;
}

export interface Verified {
  readonly endpoint: Endpoint;
  readonly secretIndex: number;
}

/** A stranger learns nothing from the time that an answer takes: an address that nobody has is checked like any other. */
export async function verifyWebhook(
  services: VerifyServices,
  endpoints: Endpoints,
  incoming: IncomingWebhook,
): Promise<Result<Verified, IntakeRefusal>> {
  const endpoint = await endpointOf(endpoints, incoming);
  const first = verifyWith(services, incoming, endpoint);
  if (endpoint === undefined) return err(UNKNOWN_ACCOUNT);
  if (first.ok) return ok({ endpoint, ...first.value });
  // The secret may have been changed a moment ago, by another process.
  const fresh = await endpoints.refreshed(endpoint.account.id);
  const second = fresh === undefined || fresh === endpoint ? first : verifyWith(services, incoming, fresh);
  if (second.ok) return ok({ endpoint: fresh ?? endpoint, ...second.value });
  return err({ kind: 'signature', ...second.error });
}

const NOBODYS_URL = 'https://nobody.invalid/';
const NOBODYS_SECRET = Buffer.alloc(32, 1).toString('base64');

function verifyWith(services: VerifyServices, incoming: IncomingWebhook, endpoint: Endpoint | undefined) {
  const { webhookEdge, clock } = services;
  return webhookEdge(incoming.kind).verify({
    // As the provider called it, whatever stands in between.
    url: (endpoint === undefined ? NOBODYS_URL : webhookUrl(services, endpoint.account)) + incoming.query,
    rawBody: incoming.rawBody,
    header: (name) => {
      const value = incoming.headers[name];
      return typeof value === 'string' ? value : value?.join(',');
    },
    secrets: endpoint?.secrets() ?? [NOBODYS_SECRET],
    now: clock.now(),
    toleranceMs: patience(clock, TOLERANCE_MS),
  });
}
