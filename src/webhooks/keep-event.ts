/**
 * Where events are kept: in the database, many in one commit, a text that asks to stop obeyed in the same transaction; on the disk
 * while there is no database.
 */
import { isCanadian } from '../contacts/area-codes.ts';
import { classifyReceived } from '../conversations/classify-received.ts';
import { type InboundText, TOLD } from '../conversations/inbound.ts';
import { recordInbound } from '../conversations/record-inbound.ts';
import { patience } from '../platform/clock.ts';
import { isDatabaseAway, isTransient, runTx } from '../platform/database.ts';
import { type GroupCommit, groupCommit } from '../platform/group-commit.ts';
import { inTime } from '../platform/in-time.ts';
import { addMs, MINUTE_MS } from '../platform/time.ts';
import type { Services } from '../services.ts';
import type { Endpoints } from './endpoints.ts';
import { insertEvents, type NewEvent } from './event-store.ts';
import { type ReadEvent, withdrawnKey, withoutWhatCannotBeStored } from './read-webhook.ts';
import type { Spool } from './spool.ts';

type KeepServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'webhookEdge' | 'log'>;

export interface Keeper {
  /** `stored` and `repeated` are committed, `spooled` is on the disk; `lost`: neither took it, only its sender has it. */
  keep(read: ReadEvent): Promise<'stored' | 'repeated' | 'spooled' | 'lost'>;
  /** Brings in what waits on the disk; how many events were there. Throws while the database is away. */
  drainSpool(): Promise<number>;
}

/** Takes events to the disk; `lost` when that fails. */
export type Spooler = (event: NewEvent) => Promise<'spooled' | 'lost'>;

interface Keeping {
  readonly services: KeepServices;
  readonly spool: Spool;
  readonly endpoints: Endpoints;
  readonly stored: GroupCommit<NewEvent, boolean>;
}

const GROUP_MAX = 500;
/** More of them together would save the database little, and their senders wait. */
const GROUP_ENOUGH = 50;

export interface KeeperOptions {
  readonly spool: Spool;
  readonly endpoints: Endpoints;
  /** Real time between the beginnings of two groups. */
  readonly groupsApartMs?: number;
}

export function openKeeper(services: KeepServices, { spool, endpoints, groupsApartMs = 0 }: KeeperOptions): Keeper {
  const stored = groupCommit<NewEvent, boolean>({
    sizeMax: GROUP_MAX,
    apartMs: groupsApartMs,
    enough: GROUP_ENOUGH,
    async commit(events) {
      const { repeated } = await inTime(services.clock, insertEvents(services.database.db, events), STORED);
      return events.map(({ id }) => !repeated.has(id));
    },
  });
  const toDisk = openSpooler(services, spool);
  const keeping = { services, spool, endpoints, stored };
  return {
    async keep(read) {
      try {
        return (await storeNow(keeping, read)) ? 'stored' : 'repeated';
      } catch (error) {
        if (!isTransient(error)) throw error;
        services.log.warn({ error, account: read.account.id }, 'webhook not stored: the database is away or busy');
      }
      return toDisk(read.stored);
    },
    drainSpool: () => drainSpool(keeping),
  };
}

/** What comes together is written together. */
export function openSpooler(services: Pick<Services, 'newUuid' | 'log'>, spool: Pick<Spool, 'write'>): Spooler {
  const spooled = groupCommit<NewEvent, true>({
    sizeMax: GROUP_MAX,
    async commit(events) {
      await spool.write(services.newUuid(), events);
      return events.map(() => true as const);
    },
  });
  return async (event) => {
    try {
      await spooled.add(event);
      return 'spooled';
    } catch (error) {
      services.log.error({ error, account: event.accountId }, 'webhook not kept: the disk does not take it either');
      return 'lost';
    }
  };
}

/** A provider waits for ten seconds. What is stored later does no harm. */
const STORED = { realMs: 5_000, late: 'not stored in time' } as const;

/** False when it is there already. */
async function storeNow(context: Keeping, read: ReadEvent): Promise<boolean> {
  const { services } = context;
  const { event, stored } = read;
  if (!asksToStop(event)) return storePlain(context, stored);
  try {
    return await inTime(services.clock, storeOptOut(services, read, event), STORED);
  } catch (error) {
    // Not stored: a STOP that is not in force yet must not be answered, and its repetition must not be taken for one.
    if (isTransient(error)) throw error;
    // A mistake of ours: it is tried again like any other, and seen if that fails too.
    services.log.error({ error, account: stored.accountId, eventId: stored.eventId }, 'opt-out not applied at once');
    return storePlain(context, stored);
  }
}

async function storePlain({ services, stored }: Keeping, event: NewEvent): Promise<boolean> {
  try {
    return await stored.add(event);
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    // One that cannot be stored must not take others of its group with it.
    return storeAlone(services, event);
  }
}

/** Whatever stands in the way of a signed event, it is kept: if need be as one that failed, where people see it and why. */
async function storeAlone({ database: { db }, log }: KeepServices, event: NewEvent): Promise<boolean> {
  try {
    return (await insertEvents(db, [event])).repeated.size === 0;
  } catch (error) {
    if (isTransient(error)) throw error;
    log.error({ error, account: event.accountId, eventId: event.eventId }, 'webhook cannot be stored as it is');
    return (await insertEvents(db, [withoutWhatCannotBeStored(event, error)])).repeated.size === 0;
  }
}

const asksToStop = (event: ReadEvent['event']): event is InboundText =>
  event?.type === 'message_received' &&
  classifyReceived(event, { canadian: isCanadian(event.from) }).outcome === 'opt_out';

function storeOptOut(services: KeepServices, { stored, account }: ReadEvent, text: InboundText): Promise<boolean> {
  return runTx(services.database.db, async (tx) => {
    if ((await insertEvents(tx, [stored], services.clock.now())).repeated.size > 0) return false;
    await recordInbound(tx, services, account, text, { ...TOLD, heardAt: stored.receivedAt });
    return true;
  });
}

/** A file takes milliseconds: whoever has not finished one after that is dead. */
const WRITTEN_WITHIN_MS = 10 * MINUTE_MS;

async function drainSpool(context: Keeping): Promise<number> {
  const { services, spool } = context;
  const { clock } = services;
  await spool.removeUnfinished(addMs(clock.now(), -patience(clock, WRITTEN_WITHIN_MS)));
  let drained = 0;
  for (const name of await spool.list()) {
    try {
      drained += await drainFile(context, name);
    } catch (error) {
      if (isTransient(error)) throw error;
      services.log.error({ error, name }, 'a file of the spool cannot be brought in');
    }
  }
  return drained;
}

async function drainFile(context: Keeping, name: string): Promise<number> {
  const { services, spool, endpoints } = context;
  const events = await spool.read(name);
  const stored = events.map(async (event) => {
    const endpoint = await endpoints.get(event.accountId);
    if (endpoint === undefined) throw new Error(`spool file ${name}: there is no account ${event.accountId}`);
    const { account } = endpoint;
    const parsed = services.webhookEdge(account.kind).parse(Buffer.from(event.payload), event.receivedAt);
    const read = { stored: event, account, event: parsed.ok ? parsed.value : undefined };
    // Whoever took it in may have known no newer keys, for as long as there was no database. A STOP counts all the same: one that is
    // made up costs a text that is not sent, one that is not obeyed up to $1,500.
    const isWithdrawn = event.signedBy !== null && !endpoint.signers().includes(event.signedBy);
    return isWithdrawn && !asksToStop(read.event) ? storePlain(context, withdrawnKey(event)) : storeNow(context, read);
  });
  await Promise.all(stored);
  await spool.remove(name);
  return events.length;
}
