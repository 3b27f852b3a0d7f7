import type { AccountRow } from '../gateways/account.ts';
import { listAccountRows, listLaneRows } from '../gateways/account-store.ts';
import { signerOf } from '../gateways/webhook-signer.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { inTime } from '../platform/in-time.ts';
import type { Secrets } from '../platform/secrets.ts';
import { type Instant, isBefore, SECOND_MS } from '../platform/time.ts';
import type { AccountMemory, KnownAccount } from './known-accounts.ts';

/** An account as its webhooks need it. */
export interface Endpoint {
  readonly account: Pick<AccountRow, 'id' | 'kind' | 'environment'>;
  /** While its registrations are being changed, events may be signed with a key that is not known yet. */
  readonly changingUntil: Instant | null;
  /** Opened, newest first; throws when they were sealed with another key. */
  readonly secrets: () => readonly string[];
  /** By which each secret is known without being told: `signedBy` of an event. */
  readonly signers: () => readonly string[];
  readonly ownNumbers: ReadonlySet<string>;
}

/** An account by its id, or the only live one of its kind, or the one sandbox where none is live. */
export type Addressee = Uuid | { readonly onlyOf: AccountRow['kind'] };

/**
 * The accounts in memory: a webhook is checked without asking the database, also while there is none. What has changed counts after
 * half a minute at the latest, and at once for whoever asks for it: an account may get its first webhook as soon as it is connected.
 */
export interface Endpoints {
  /** Reads them, so that the first webhook needs no database. */
  read(): Promise<void>;
  /** Reads them again when what is known is old, so that the disk knows them though nothing comes in. */
  keepUp(): Promise<void>;
  /** `undefined` when there is none; also when more than one may be meant. */
  get(addressee: Addressee): Promise<Endpoint | undefined>;
  /** With what the database says now. Strangers cause this: all who ask share what is read, and wait when there were too many. */
  refreshed(addressee: Addressee): Promise<Endpoint | undefined>;
  /** Whether the registrations of any account are being changed, as far as it is known. */
  isAnyChanging(now: Instant): boolean;
}

const KNOWN_FOR_MS = 30 * SECOND_MS;
/** In one second; as many at once. Real time. */
const REFRESHED_MAX = 10;
/** Together with storing less than a provider waits, also where the database holds its connections and answers nothing. */
const READ = { realMs: SECOND_MS, late: 'the accounts were not read in time' } as const;

interface EndpointDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** Absent where nothing is kept for a start without a database. */
  readonly memory?: Pick<AccountMemory, 'keep'>;
}

export function openEndpoints(deps: EndpointDeps): Endpoints {
  const { clock } = deps;
  let known: ReadonlyMap<Uuid, Endpoint> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  let nextReading: Promise<void> | undefined;
  const turn = turnsOf(clock, REFRESHED_MAX);

  // A clock that was set back says nothing about the age of what is known.
  const isOlderThan = (ms: number): boolean => {
    const ageMs = clock.now().epochMilliseconds - readAtMs;
    return ageMs < 0 || ageMs > patience(clock, ms);
  };
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
  const readNext = async (): Promise<void> => {
    await turn();
    // What is being read already may be older than the question.
    while (reading !== undefined) await reading.catch(() => undefined);
    nextReading = undefined;
    await readOnce();
  };
  const readAnew = (): Promise<void> => {
    nextReading ??= readNext();
    return nextReading;
  };
  const found = (addressee: Addressee): Endpoint | undefined =>
    known === undefined ? undefined : foundAmong(known, addressee);
  return {
    async read() {
      await readOnce();
      // It is for the time without a database only: an account that is connected right after it must not be unknown.
      readAtMs = Number.NEGATIVE_INFINITY;
    },
    async keepUp() {
      if (isOlderThan(KNOWN_FOR_MS)) await readOnce();
    },
    async get(addressee) {
      if (known === undefined) await inTime(clock, readOnce(), READ);
      // What is known goes on to count while the database is away, or says nothing.
      else if (isOlderThan(KNOWN_FOR_MS)) await inTime(clock, readOnce(), READ).catch(() => undefined);
      return found(addressee);
    },
    async refreshed(addressee) {
      await inTime(clock, readAnew(), READ).catch(() => undefined);
      return found(addressee);
    },
    isAnyChanging: (now) =>
      [...(known?.values() ?? [])].some(({ changingUntil }) => changingUntil !== null && isBefore(now, changingUntil)),
  };
}

/** Those of the run before, for as long as there has been no database since the start. */
export function rememberedEndpoints(accounts: readonly KnownAccount[], secrets: Secrets): Endpoints {
  const known = new Map(accounts.map((account) => [account.id, toEndpoint(account, secrets)]));
  const find = async (addressee: Addressee): Promise<Endpoint | undefined> => foundAmong(known, addressee);
  return {
    read: async () => undefined,
    keepUp: async () => undefined,
    get: find,
    refreshed: find,
    isAnyChanging: () => false,
  };
}

/** Resolves when it is its turn: `perSecond` in a real second, as many at once after a second without any. One waits at a time. */
function turnsOf(clock: Clock, perSecond: number): () => Promise<void> {
  const secondMs = patience(clock, SECOND_MS);
  let takenMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const nowMs = clock.now().epochMilliseconds;
    // A clock that was set back makes nobody wait for where it was.
    takenMs = Math.min(Math.max(takenMs, nowMs - secondMs), nowMs) + secondMs / perSecond;
    if (takenMs > nowMs) await clock.sleep(takenMs - nowMs);
  };
}

function foundAmong(endpoints: ReadonlyMap<Uuid, Endpoint>, addressee: Addressee): Endpoint | undefined {
  if (typeof addressee === 'string') return endpoints.get(addressee);
  const ofKind = [...endpoints.values()].filter(({ account }) => account.kind === addressee.onlyOf);
  const live = ofKind.filter(({ account }) => account.environment === 'live');
  const [one, ...others] = live.length > 0 ? live : ofKind;
  return others.length === 0 ? one : undefined;
}

async function readEndpoints({ db, secrets, memory }: EndpointDeps): Promise<ReadonlyMap<Uuid, Endpoint>> {
  const [accounts, lanes] = [await listAccountRows(db), await listLaneRows(db)];
  const known = accounts.map(({ id, kind, environment, webhookSecretsSealed }): KnownAccount => {
    const ownNumbers = lanes.filter((lane) => lane.accountId === id).map(({ phone }) => phone);
    return { id, kind, environment, webhookSecretsSealed, ownNumbers };
  });
  // Nobody waits for the disk.
  void memory?.keep(known);
  const changing = new Map(accounts.map(({ id, webhookChangeUntil }) => [id, webhookChangeUntil]));
  return new Map(known.map((account) => [account.id, toEndpoint(account, secrets, changing.get(account.id))]));
}

function toEndpoint(
  { id, kind, environment, webhookSecretsSealed, ownNumbers }: KnownAccount,
  secrets: Secrets,
  changingUntil: Instant | null = null,
): Endpoint {
  const opened = once(() => webhookSecretsSealed.map((sealed) => secrets.open(sealed)));
  return {
    account: { id, kind, environment },
    changingUntil,
    secrets: opened,
    signers: once(() => opened().map(signerOf)),
    ownNumbers: new Set(ownNumbers),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
