import { webhookUrl } from '../gateways/connect-account.ts';
import { type Clock, patience } from '../platform/clock.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { addMs, isBefore, MINUTE_MS } from '../platform/time.ts';
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
  const third = await verifyOnceChanged(services, endpoints, incoming, fresh ?? endpoint);
  return third ?? err({ kind: 'signature', ...second.error });
}

/** Together with storing less than a provider waits. */
const CHANGE_WAIT_MS = 4_000;
const LOOK_AGAIN_MS = 250;

/**
 * While registrations are being changed, the gateway may sign with a key that it has only just made and that is about to be kept here:
 * such an event is waited for, so that a change of keys refuses none.
 */
async function verifyOnceChanged(
  services: VerifyServices,
  endpoints: Endpoints,
  incoming: IncomingWebhook,
  endpoint: Endpoint,
): Promise<Result<Verified, IntakeRefusal> | undefined> {
  const { clock } = services;
  const giveUpAt = addMs(clock.now(), patience(clock, CHANGE_WAIT_MS));
  let latest: Endpoint | undefined = endpoint;
  while (latest !== undefined && isChanging(latest, clock) && isBefore(clock.now(), giveUpAt)) {
    await clock.sleep(patience(clock, LOOK_AGAIN_MS));
    const next = await endpoints.refreshed(endpoint.account.id);
    const verified = next === undefined || next === latest ? undefined : verifyWith(services, incoming, next);
    if (next !== undefined && verified?.ok === true) return ok({ endpoint: next, ...verified.value });
    latest = next;
  }
  return undefined;
}

const isChanging = ({ account: { webhookChangeUntil } }: Endpoint, clock: Clock): boolean =>
  webhookChangeUntil !== null && isBefore(clock.now(), webhookChangeUntil);

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
