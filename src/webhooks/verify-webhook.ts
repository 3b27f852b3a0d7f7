import { webhookUrl } from '../gateways/connect-account.ts';
import { patience } from '../platform/clock.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { addMs, isBefore, MINUTE_MS } from '../platform/time.ts';
import type { Services } from '../services.ts';
import type { Endpoint, Endpoints } from './endpoints.ts';
import { type IntakeRefusal, type ReceivedWebhook, tooMany, type WebhookTarget } from './incoming.ts';
import type { IntakeLimit } from './intake-limit.ts';

type VerifyServices = Pick<Services, 'clock' | 'webhookEdge' | 'publicUrl' | 'localUrl'>;

/** Older or newer deliveries are refused: a recorded one must not be played back later. */
const TOLERANCE_MS = 5 * MINUTE_MS;

const UNKNOWN_ACCOUNT: IntakeRefusal = {
  kind: 'unknown_account',
  message: 'no such webhook address: compare it with the one in the settings of the account',
};

/** Of whoever signs wrongly or names an account that nobody has: some mistake of an owner, or a stranger who guesses. */
export const REFUSED_PER_SECOND = 50;

/** As it is known, or with what the database says now; an address that nobody has is `undefined`. */
export async function endpointOf(
  endpoints: Endpoints,
  { kind, accountId, sandboxOnly }: WebhookTarget,
  how: 'known' | 'refreshed',
): Promise<Endpoint | undefined> {
  const addressee = accountId === 'only' ? { onlyOf: kind } : accountId;
  const found = await (how === 'known' ? endpoints.get(addressee) : endpoints.refreshed(addressee));
  if (found?.account.kind !== kind || (sandboxOnly && found.account.environment !== 'sandbox')) return undefined;
  return found;
}

export interface Verified {
  readonly endpoint: Endpoint;
  readonly secretIndex: number;
}

/** Together with storing less than a provider waits. */
const CHANGE_WAIT_MS = 4_000;
const LOOK_AGAIN_MS = 250;

/**
 * A stranger learns nothing from the time that an answer takes: an address that nobody has is checked like any other.
 *
 * While registrations are being changed, the gateway may sign with a key that it has only just made and that is about to be kept here:
 * such an event is waited for, so that a change of keys refuses none. Whatever is wrong waits then, whichever account it names.
 *
 * A source of which too much was wrong is not looked into further, also where it names another account each time. What is signed passes.
 */
export async function verifyWebhook(
  services: VerifyServices,
  { endpoints, wrong }: { readonly endpoints: Endpoints; readonly wrong: IntakeLimit },
  incoming: ReceivedWebhook,
): Promise<Result<Verified, IntakeRefusal>> {
  const known = verifyAt(services, incoming, await endpointOf(endpoints, incoming, 'known'));
  if (known.ok) return known;
  const retryAfterSeconds = wrong.take(incoming.source, 'any account', incoming.receivedAt);
  if (retryAfterSeconds !== undefined) return err(tooMany(retryAfterSeconds));
  const { clock } = services;
  // The account may have been connected, or its secret changed, a moment ago, by another process.
  let verified = verifyAt(services, incoming, await endpointOf(endpoints, incoming, 'refreshed'));
  const giveUpAt = addMs(clock.now(), patience(clock, CHANGE_WAIT_MS));
  while (!verified.ok && endpoints.isAnyChanging(clock.now()) && isBefore(clock.now(), giveUpAt)) {
    await clock.sleep(patience(clock, LOOK_AGAIN_MS));
    verified = verifyAt(services, incoming, await endpointOf(endpoints, incoming, 'refreshed'));
  }
  return verified;
}

function verifyAt(
  services: VerifyServices,
  incoming: ReceivedWebhook,
  endpoint: Endpoint | undefined,
): Result<Verified, IntakeRefusal> {
  const signed = verifyWith(services, incoming, endpoint);
  if (endpoint === undefined) return err(UNKNOWN_ACCOUNT);
  return signed.ok ? ok({ endpoint, ...signed.value }) : err({ kind: 'signature', ...signed.error });
}

const NOBODYS_URL = 'https://nobody.invalid/';
const NOBODYS_SECRET = Buffer.alloc(32, 1).toString('base64');

function verifyWith(services: VerifyServices, incoming: ReceivedWebhook, endpoint: Endpoint | undefined) {
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
    now: incoming.receivedAt,
    toleranceMs: patience(clock, TOLERANCE_MS),
  });
}
