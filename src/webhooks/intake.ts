/**
 * Intake of provider events: signature on raw bytes, stored, then answered. What was answered 2xx is committed; what comes together
 * is committed together.
 *
 * The fast path: a text that asks to stop is applied in the very transaction that stores it, so that the suppression is in
 * force before the webhook is answered. Everything else is applied afterwards, in order per number.
 *
 * While the database is away events are put down on the disk and answered with 503: the provider sends them again, and one that never
 * does has lost nothing.
 */
import type { Uuid } from '../platform/ids.ts';
import { err, ok, type Result } from '../platform/result.ts';
import type { Services } from '../services.ts';
import { type Endpoints, openEndpoints } from './endpoints.ts';
import {
  type AddressedWebhook,
  type IncomingWebhook,
  type IntakeRefusal,
  tooMany,
  type WebhookTarget,
} from './incoming.ts';
import { intakeLimit } from './intake-limit.ts';
import { type KeeperOptions, openKeeper } from './keep-event.ts';
import { readEvent } from './read-webhook.ts';
import type { Tally } from './tally.ts';
import { endpointOf, REFUSED_PER_SECOND, verifyWebhook } from './verify-webhook.ts';

export type IntakeServices = Pick<
  Services,
  'database' | 'clock' | 'newUuid' | 'secrets' | 'webhookEdge' | 'log' | 'publicUrl' | 'localUrl'
>;

export interface Intake {
  /** Learns the accounts: from then on an event is kept though the database goes away before the first one. */
  prepare(): Promise<void>;
  receive(incoming: IncomingWebhook): Promise<Result<{ readonly repeated: boolean }, IntakeRefusal>>;
  /** Counts one that is refused unread. */
  countTooLarge(addressed: AddressedWebhook): Promise<void>;
  /** Brings in what waits on the disk; how many events were there. Throws while the database is away. */
  drainSpool(): Promise<number>;
}

export function openIntake(
  services: IntakeServices,
  options: Pick<KeeperOptions, 'spool' | 'groupsApartMs'> & {
    readonly perSecond: number;
    readonly refusedPerSecond?: number;
    readonly tally: Pick<Tally, 'count'>;
  },
): Intake {
  const endpoints = openEndpoints({ ...services, db: services.database.db });
  const limit = intakeLimit(services.clock, options.perSecond);
  const wrong = intakeLimit(services.clock, options.refusedPerSecond ?? REFUSED_PER_SECOND);
  const keeper = openKeeper(services, { ...options, endpoints });
  const receive = async (incoming: IncomingWebhook): Promise<Received> => {
    const receivedAt = services.clock.now();
    const retryAfterSeconds = limit.take(incoming.source, incoming.accountId, receivedAt);
    if (retryAfterSeconds !== undefined) return err(tooMany(retryAfterSeconds));
    const verified = await verifyWebhook(services, { endpoints, wrong }, { ...incoming, receivedAt });
    if (!verified.ok) return verified;
    const kept = await keeper.keep(readEvent(services, { ...incoming, receivedAt }, verified.value));
    if (kept === 'spooled' || kept === 'lost') return err({ kind: 'away', message: AWAY[kept] });
    return ok({ repeated: kept === 'repeated' });
  };
  return {
    prepare: endpoints.read,
    async receive(incoming) {
      const received = await receive(incoming);
      options.tally.count({
        ...incoming,
        accountId: await accountOf(endpoints, incoming, received),
        outcome: outcomeOf(received),
      });
      return received;
    },
    async countTooLarge(addressed) {
      // Nobody waits for the count: while no account is known, it has none.
      const endpoint = await endpointOf(endpoints, addressed, 'known').catch(() => undefined);
      options.tally.count({ ...addressed, accountId: endpoint?.account.id ?? null, outcome: 'too_large' });
    },
    drainSpool: keeper.drainSpool,
  };
}

const AWAY = {
  spooled: 'the database is away; the event is kept on the disk, and may be sent again',
  lost: 'the database is away, and the disk takes nothing: send it again',
} as const;

type Received = Result<{ readonly repeated: boolean }, IntakeRefusal>;

/** Null where no such account exists. */
async function accountOf(
  endpoints: Endpoints,
  { accountId, kind }: WebhookTarget,
  received: Received,
): Promise<Uuid | null> {
  if (!received.ok && received.error.kind === 'unknown_account') return null;
  return accountId === 'only' ? ((await endpoints.get({ onlyOf: kind }))?.account.id ?? null) : accountId;
}

function outcomeOf(received: Received): string {
  if (received.ok) return received.value.repeated ? 'repeated' : 'accepted';
  return received.error.kind === 'signature' ? received.error.reason : received.error.kind;
}
