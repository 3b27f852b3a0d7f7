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
import { type Endpoints, openEndpoints, rememberedEndpoints } from './endpoints.ts';
import {
  type AddressedWebhook,
  type IncomingWebhook,
  type IntakeRefusal,
  tooMany,
  type WebhookTarget,
} from './incoming.ts';
import { intakeLimit } from './intake-limit.ts';
import { type Keeper, type KeeperOptions, openKeeper, openSpooler } from './keep-event.ts';
import type { AccountMemory } from './known-accounts.ts';
import { readEvent } from './read-webhook.ts';
import type { Tally } from './tally.ts';
import { endpointOf, REFUSED_PER_SECOND, verifyWebhook } from './verify-webhook.ts';

export type IntakeServices = Pick<
  Services,
  'database' | 'clock' | 'newUuid' | 'secrets' | 'webhookEdge' | 'log' | 'publicUrl' | 'localUrl'
>;

type DoorServices = Omit<IntakeServices, 'database'>;

/** As much of it as whoever answers requests needs. */
export interface DoorIntake {
  receive(incoming: IncomingWebhook): Promise<Received>;
  /** Counts one that is refused unread. */
  countTooLarge(addressed: AddressedWebhook): Promise<void>;
}

export interface Intake extends DoorIntake {
  /** Learns the accounts: from then on an event is kept though the database goes away before the first one. */
  prepare(): Promise<void>;
  /** Brings in what waits on the disk; how many events were there. Throws while the database is away. */
  drainSpool(): Promise<number>;
  /** Learns them anew now and then, also while nothing comes in. Throws while the database is away. */
  keepUp(): Promise<void>;
}

interface DoorOptions extends Pick<KeeperOptions, 'spool'> {
  readonly perSecond: number;
  readonly refusedPerSecond?: number;
  readonly tally: Pick<Tally, 'count'>;
}

export function openIntake(
  services: IntakeServices,
  options: DoorOptions & Pick<KeeperOptions, 'groupsApartMs'> & { readonly memory?: Pick<AccountMemory, 'keep'> },
): Intake {
  const { memory } = options;
  const endpoints = openEndpoints({
    ...services,
    db: services.database.db,
    ...(memory === undefined ? {} : { memory }),
  });
  const keeper = openKeeper(services, { ...options, endpoints });
  return {
    ...takeIn(services, options, { endpoints, keep: keeper.keep }),
    prepare: endpoints.read,
    keepUp: endpoints.keepUp,
    drainSpool: keeper.drainSpool,
  };
}

/**
 * For a server that has found no database at its start: what is signed for an account of the run before goes to the disk. All else is to
 * be sent again, for its account or its key may be newer than what is remembered.
 */
export async function openWaitingIntake(
  services: DoorServices,
  options: DoorOptions & { readonly memory: Pick<AccountMemory, 'recall'> },
): Promise<DoorIntake> {
  const endpoints = rememberedEndpoints(await options.memory.recall(), services.secrets);
  const toDisk = openSpooler(services, options.spool);
  const door = takeIn(services, options, { endpoints, keep: ({ stored }) => toDisk(stored) });
  return {
    ...door,
    async receive(incoming) {
      const received = await door.receive(incoming);
      const unsure = !received.ok && (received.error.kind === 'unknown_account' || received.error.kind === 'signature');
      return unsure ? err({ kind: 'away', message: AWAY.unsure }) : received;
    },
  };
}

function takeIn(
  services: DoorServices,
  { perSecond, refusedPerSecond = REFUSED_PER_SECOND, tally }: DoorOptions,
  { endpoints, keep }: { readonly endpoints: Endpoints; readonly keep: Keeper['keep'] },
): DoorIntake {
  const limit = intakeLimit(services.clock, perSecond);
  const wrong = intakeLimit(services.clock, refusedPerSecond);
  const receive = async (incoming: IncomingWebhook): Promise<Received> => {
    const receivedAt = services.clock.now();
    const retryAfterSeconds = limit.take(incoming.source, incoming.accountId, receivedAt);
    if (retryAfterSeconds !== undefined) return err(tooMany(retryAfterSeconds));
    const verified = await verifyWebhook(services, { endpoints, wrong }, { ...incoming, receivedAt });
    if (!verified.ok) return verified;
    const kept = await keep(readEvent(services, { ...incoming, receivedAt }, verified.value));
    if (kept === 'spooled' || kept === 'lost') return err({ kind: 'away', message: AWAY[kept] });
    return ok({ repeated: kept === 'repeated' });
  };
  return {
    async receive(incoming) {
      const received = await receive(incoming);
      tally.count({
        ...incoming,
        accountId: await accountOf(endpoints, incoming, received),
        outcome: outcomeOf(received),
      });
      return received;
    },
    async countTooLarge(addressed) {
      // Nobody waits for the count: while no account is known, it has none.
      const endpoint = await endpointOf(endpoints, addressed, 'known').catch(() => undefined);
      tally.count({ ...addressed, accountId: endpoint?.account.id ?? null, outcome: 'too_large' });
    },
  };
}

const AWAY = {
  spooled: 'the database is away; the event is kept on the disk, and may be sent again',
  lost: 'the database is away, and the disk takes nothing: send it again',
  unsure: 'the database is away, and nobody can say yet whose signature this is: send it again',
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
