import type { AccountRow } from '../gateways/account.ts';
import { listAccountRows, listLaneRows } from '../gateways/account-store.ts';
import { signerOf } from '../gateways/webhook-signer.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { inTime } from '../platform/in-time.ts';
import type { Secrets } from '../platform/secrets.ts';
import { SECOND_MS } from '../platform/time.ts';

/** An account as its webhooks need it. */
export interface Endpoint {
  readonly account: AccountRow;
  /** Opened, newest first; throws when they were sealed with another key. */
  readonly secrets: () => readonly string[];
  /** By which each secret is known without being told: `signedBy` of an event. */
  readonly signers: () => readonly string[];
  readonly ownNumbers: ReadonlySet<string>;
}

/**
 * The accounts in memory: a webhook is checked without asking the database, also while there is none. What has changed counts after
 * half a minute at the latest; `refreshed` asks at once, but not more often than strangers may make it.
 */
export interface Endpoints {
  /** Reads them, so that the first webhook needs no database. */
  read(): Promise<void>;
  get(accountId: Uuid): Promise<Endpoint | undefined>;
  /** The one account of this kind; `undefined` when there is none or more than one. */
  only(kind: AccountRow['kind']): Promise<Endpoint | undefined>;
  /** With what the database says now, unless it was asked a moment ago. */
  refreshed(accountId: Uuid): Promise<Endpoint | undefined>;
}

const KNOWN_FOR_MS = 30 * SECOND_MS;
const ASKED_AGAIN_AFTER_MS = SECOND_MS;
/** Together with storing less than a provider waits, also where the database holds its connections and answers nothing. */
const READ = { realMs: SECOND_MS, late: 'the accounts were not read in time' } as const;

export function openEndpoints(deps: { readonly db: Db; readonly clock: Clock; readonly secrets: Secrets }): Endpoints {
  const { clock } = deps;
  let known: ReadonlyMap<Uuid, Endpoint> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const isOlderThan = (ms: number): boolean => clock.now().epochMilliseconds - readAtMs > patience(clock, ms);
  const read = async (): Promise<void> => {
    const startedAtMs = clock.now().epochMilliseconds;
    known = await readEndpoints(deps);
    readAtMs = startedAtMs;
  };
  const readOnce = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  const readInTime = (): Promise<void> => inTime(clock, readOnce(), READ);
  const all = async (maxAgeMs: number): Promise<ReadonlyMap<Uuid, Endpoint>> => {
    if (known === undefined) await readInTime();
    // What is known goes on to count while the database is away, or says nothing.
    else if (isOlderThan(maxAgeMs)) await readInTime().catch(() => undefined);
    return known ?? new Map();
  };
  return {
    async read() {
      await readOnce();
      // It is for the time without a database only: an account that is connected right after it must not be unknown.
      readAtMs = Number.NEGATIVE_INFINITY;
    },
    get: async (accountId) => (await all(KNOWN_FOR_MS)).get(accountId),
    async only(kind) {
      const ofKind = [...(await all(KNOWN_FOR_MS)).values()].filter(({ account }) => account.kind === kind);
      return ofKind.length === 1 ? ofKind[0] : undefined;
    },
    refreshed: async (accountId) => (await all(ASKED_AGAIN_AFTER_MS)).get(accountId),
  };
}

async function readEndpoints({
  db,
  secrets,
}: {
  readonly db: Db;
  readonly secrets: Secrets;
}): Promise<ReadonlyMap<Uuid, Endpoint>> {
  const [accounts, lanes] = [await listAccountRows(db), await listLaneRows(db)];
  return new Map(
    accounts.map((account) => {
      const opened = once(() => account.webhookSecretsSealed.map((sealed) => secrets.open(sealed)));
      const ownNumbers = new Set(lanes.filter((lane) => lane.accountId === account.id).map(({ phone }) => phone));
      return [account.id, { account, secrets: opened, signers: once(() => opened().map(signerOf)), ownNumbers }];
    }),
  );
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
