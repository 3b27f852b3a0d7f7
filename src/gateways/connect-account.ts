import { getBusiness } from '../business/business-store.ts';
import type { AuditAction } from '../compliance/audit-action.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, invalid, notFound, type Outcome, unavailable } from '../platform/refusal.ts';
import { ok, unreachable } from '../platform/result.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { Instant } from '../platform/time.ts';
import { startHistory } from '../reconciliation/start-run.ts';
import { ACCOUNTS_TOPIC, ENGINE_TOPIC } from '../sending/engine-topic.ts';
import type { OpenGateway } from '../services.ts';
import type { AccountRow } from './account.ts';
import {
  findTakenNumbers,
  insertAccount,
  insertLanes,
  lockAccount,
  lockLanesOf,
  lockNumbers,
  moveAccountRow,
  type NewLane,
  releaseLease,
  switchOffSandboxLanes,
  updateLaneRow,
} from './account-commands-store.ts';
import { getAccount } from './account-store.ts';
import { type BaseUrl, isLoopback, parseBaseUrl } from './base-url.ts';
import { decideLanes, type LaneChanges, NOT_REGISTERED } from './decide-lanes.ts';
import {
  type EnsuredWebhooks,
  endReplaced,
  ensureFirstWebhooks,
  ensureWebhooks,
  type FirstWebhooks,
  keepKeys,
  knownWebhooks,
  whileChanging,
} from './ensure-webhooks.ts';
import type { Answer, GatewayNumber, GatewayProblem } from './gateway.ts';

export const DEFAULT_BASE_URLS: Readonly<Record<AccountRow['kind'], string>> = {
  quo: 'https://api.openphone.com',
  twilio: 'https://api.twilio.com',
};
const DEFAULT_RATE_PER_SECOND = 8;
const DEFAULT_HISTORY_DAYS = 90;
/** A campaign takes every active lane unless told otherwise: its people would be shared out between the real and the made-up. */
const LIVE_NOW = 'Switched off when a real number was connected: texts from here reach nobody';

export interface ConnectDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly secrets: Secrets;
  readonly openGateway: OpenGateway;
  readonly publicUrl: () => string;
  readonly localUrl: () => string;
}

export interface ConnectInput {
  readonly kind: AccountRow['kind'];
  readonly name: string;
  /** For Twilio `AccountSid:AuthToken`. */
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
  readonly ratePerSecond: number | undefined;
  /** How far back the texts and calls from before are brought in. */
  readonly historyDays?: number | undefined;
}

/** What is kept as the key of an account at Twilio. */
export const twilioKey = ({ accountSid, authToken }: { readonly accountSid: string; readonly authToken: string }) =>
  `${accountSid}:${authToken}`;

/** The key of this account with another secret in it. */
function renewedKey(
  kind: AccountRow['kind'],
  { before, newKey }: { readonly before: string; readonly newKey: string },
) {
  const [accountSid = ''] = before.split(':');
  return kind === 'twilio' ? twilioKey({ accountSid, authToken: newKey }) : newKey;
}

/** What the gateway said, before anything is written. */
export interface Connection extends BaseUrl {
  readonly accountId: Uuid;
  readonly numbers: readonly GatewayNumber[];
  readonly webhooks: FirstWebhooks;
}

/** Where the gateway posts the events of an account. A sandbox is on this machine, and needs no way around through the internet. */
export function webhookUrl(
  { publicUrl, localUrl }: Pick<ConnectDeps, 'publicUrl' | 'localUrl'>,
  account: Pick<AccountRow, 'id' | 'kind' | 'environment'>,
): string {
  const server = account.environment === 'sandbox' ? localUrl() : publicUrl();
  return `${server}/webhooks/${account.kind}/${showId('account', account.id)}`;
}

/** The network part of connecting: checks the key, reads the numbers, registers the webhooks. */
export async function prepareConnection(
  deps: ConnectDeps,
  input: ConnectInput & { readonly accountId?: Uuid },
): Promise<Outcome<Connection>> {
  const address = parseBaseUrl(input.baseUrl ?? DEFAULT_BASE_URLS[input.kind]);
  if (!address.ok) return address;
  const { baseUrl, environment } = address.value;
  const reachable = requireReachable(deps.publicUrl(), environment);
  if (!reachable.ok) return reachable;
  const at: Asked = { kind: input.kind, baseUrl, keyField: input.kind === 'twilio' ? 'authToken' : 'apiKey' };
  const gateway = deps.openGateway({ kind: input.kind, baseUrl, webhookRef: null, apiKey: input.apiKey });
  const numbers = readNumbers(await gateway.listNumbers(), at);
  if (!numbers.ok) return numbers;
  const free = await requireFreeNumbers(deps.db, numbers.value);
  if (!free.ok) return free;
  const accountId = input.accountId ?? deps.newUuid();
  const url = webhookUrl(deps, { id: accountId, kind: input.kind, environment });
  const laneRefs = refsOf(numbers.value);
  const webhooks = complete(await ensureFirstWebhooks(gateway, { url, laneRefs }), url, at);
  if (!webhooks.ok) return webhooks;
  return ok({ baseUrl, environment, accountId, numbers: numbers.value, webhooks: webhooks.value });
}

/** All registrations as they should be, or none that counts. */
function complete<T extends EnsuredWebhooks>(ensured: Answer<T>, url: string, at: Asked): Outcome<T> {
  const doing = `registering the webhook ${url}`;
  if (!ensured.ok) return refusedBy(ensured.error, at, doing);
  return ensured.value.problem === undefined ? ok(ensured.value) : refusedBy(ensured.value.problem, at, doing);
}

/** The written part: account, lanes and lease, or nothing when another account has one of the numbers. */
export async function connectAccount(
  tx: Tx,
  deps: ConnectDeps,
  input: ConnectInput & { readonly actor: string; readonly connection: Connection },
): Promise<Outcome<Uuid>> {
  const { accountId, numbers, baseUrl, environment, webhooks } = input.connection;
  await lockNumbers(tx);
  const free = await requireFreeNumbers(tx, numbers);
  if (!free.ok) return free;
  const now = deps.clock.now();
  const historyDays = input.historyDays ?? DEFAULT_HISTORY_DAYS;
  const { zone } = await getBusiness(tx);
  await insertAccount(tx, {
    id: accountId,
    kind: input.kind,
    name: input.name,
    baseUrl,
    environment,
    apiKeySealed: deps.secrets.seal(input.apiKey),
    webhookGeneration: webhooks.generation,
    webhookFallback: webhooks.fallback,
    ratePerSecond: input.ratePerSecond ?? DEFAULT_RATE_PER_SECOND,
    historyDays,
    createdAt: now,
  });
  const account = { id: accountId, kind: input.kind, environment, webhookRef: null, webhookSecretsSealed: [] };
  await keepKeys(tx, { ...deps, now }, { account, ensured: webhooks, url: webhookUrl(deps, account) });
  await insertLanes(tx, newLanes(deps, { accountId, numbers, zone }), now);
  const sandboxOff = environment === 'live' ? await switchOffSandboxLanes(tx, LIVE_NOW, now) : [];
  await startHistory(tx, deps, { accountId, days: historyDays, actor: input.actor });
  await noteChange(tx, deps, {
    action: 'account.connected',
    accountId,
    actor: input.actor,
    now,
    detail: {
      name: input.name,
      environment,
      numbers: numbers.map((number) => number.phone),
      webhooks: webhooks.generation,
      ...(webhooks.fallback === null ? {} : { fallback: webhooks.fallback }),
      ...(sandboxOff.length === 0 ? {} : { sandboxOff }),
    },
  });
  return ok(accountId);
}

interface Refresh {
  readonly id: Uuid;
  readonly actor: string;
  /** Taken from now on, once the gateway has taken it. */
  readonly newKey?: string;
}

/**
 * Reads the numbers again and mends the webhooks; for new numbers, a finished registration, a moved server, a new key. A new key
 * changes nothing when the gateway refuses it.
 */
export async function refreshAccount(deps: ConnectDeps, input: Refresh): Promise<Outcome<Uuid>> {
  const account = await getAccount(deps.db, input.id);
  if (account === undefined) return noSuchAccount(input.id);
  const reachable = requireReachable(deps.publicUrl(), account.environment);
  if (!reachable.ok) return reachable;
  const before = deps.secrets.open(account.apiKeySealed);
  const apiKey = input.newKey === undefined ? before : renewedKey(account.kind, { before, newKey: input.newKey });
  if (input.newKey !== undefined && apiKey === before)
    return invalid(`"${account.name}" goes on with this key already; give the new one`, {
      errors: [{ pointer: '/key', message: 'is the one in use' }],
    });
  const at: Asked = { ...account, keyField: 'key' };
  const gateway = deps.openGateway({ ...account, apiKey });
  const numbers = readNumbers(await gateway.listNumbers(), at);
  if (!numbers.ok) return numbers;
  const url = webhookUrl(deps, account);
  return whileChanging(deps, account, async (tell) => {
    const known = await knownWebhooks(deps, account);
    const laneRefs = refsOf(numbers.value);
    const wanted = { url, known, laneRefs, generation: account.webhookGeneration };
    const ensured = await ensureWebhooks(gateway, wanted);
    if (ensured.ok) tell(ensured.value);
    const webhooks = complete(ensured, url, at);
    if (!webhooks.ok) return webhooks;
    const applied = await runTx(deps.db, (tx) =>
      applyRefresh(tx, deps, { ...input, apiKey, url, numbers: numbers.value, webhooks: webhooks.value }),
    );
    if (applied.ok) await endReplaced(gateway, webhooks.value.replaced);
    return applied;
  });
}

const refsOf = (numbers: readonly GatewayNumber[]): ReadonlySet<string> =>
  new Set(numbers.map(({ laneRef }) => laneRef));

async function applyRefresh(
  tx: Tx,
  deps: ConnectDeps,
  input: Refresh & {
    readonly apiKey: string;
    readonly url: string;
    readonly numbers: readonly GatewayNumber[];
    readonly webhooks: EnsuredWebhooks;
  },
): Promise<Outcome<Uuid>> {
  const now = deps.clock.now();
  const account = await lockAccount(tx, input.id);
  if (account === undefined) return noSuchAccount(input.id);
  await lockNumbers(tx);
  const changes = decideLanes(await lockLanesOf(tx, account.id), input.numbers);
  const free = await requireFreeNumbers(tx, changes.added);
  if (!free.ok) return free;
  const kept = await keepKeys(tx, { ...deps, now }, { account, ensured: input.webhooks, url: input.url });
  if (input.newKey !== undefined)
    await moveAccountRow(tx, { ...account, apiKeySealed: deps.secrets.seal(input.apiKey) }, now);
  // The texts themselves name the address: whoever holds the account goes on with the new one.
  else if (account.kind === 'twilio' && account.webhookRef !== kept.webhookRef) await releaseLease(tx, account.id);
  await writeLanes(tx, deps, { accountId: account.id, changes, now });
  const detail = {
    added: changes.added.map((number) => number.phone),
    off: changes.off.map(({ lane }) => lane.phone),
    back: changes.back.map((lane) => lane.phone),
  };
  await noteChange(tx, deps, {
    action: input.newKey === undefined ? 'account.refreshed' : 'account.key_replaced',
    accountId: account.id,
    actor: input.actor,
    now,
    detail,
  });
  return ok(account.id);
}

async function writeLanes(
  tx: Tx,
  deps: ConnectDeps,
  { accountId, changes, now }: { readonly accountId: Uuid; readonly changes: LaneChanges; readonly now: Instant },
): Promise<void> {
  const { zone } = await getBusiness(tx);
  if (changes.added.length > 0) await insertLanes(tx, newLanes(deps, { accountId, numbers: changes.added, zone }), now);
  for (const { lane, reason } of changes.off)
    await updateLaneRow(tx, { ...lane, state: 'off', stateReason: reason, pausedUntil: null }, now);
  for (const lane of changes.back)
    await updateLaneRow(tx, { ...lane, state: 'active', stateReason: null, pausedUntil: null }, now);
}

const newLanes = (
  { newUuid }: Pick<ConnectDeps, 'newUuid'>,
  input: { readonly accountId: Uuid; readonly numbers: readonly GatewayNumber[]; readonly zone: string },
): readonly NewLane[] =>
  input.numbers.map(({ laneRef, phone, name, mayTextUs }) => ({
    id: newUuid(),
    accountId: input.accountId,
    gatewayRef: laneRef,
    phone,
    name: name === '' ? phone : name,
    zone: input.zone,
    offReason: mayTextUs ? null : NOT_REGISTERED,
  }));

export async function noteChange(
  tx: Tx,
  { newUuid }: Pick<ConnectDeps, 'newUuid'>,
  change: {
    readonly action: AuditAction;
    readonly accountId: Uuid;
    readonly actor: string;
    readonly now: Instant;
    readonly detail: object;
  },
): Promise<void> {
  const { action, actor, now, detail } = change;
  await recordAudit(tx, {
    id: newUuid(),
    at: now,
    actor,
    action,
    subject: showId('account', change.accountId),
    detail,
  });
  await notifyLive(tx, [ACCOUNTS_TOPIC, ENGINE_TOPIC, 'status']);
}

export const noSuchAccount = (id: Uuid) => notFound('account', showId('account', id));

/** Without incoming events a STOP would never arrive: such an account must not send. */
export function requireReachable(publicUrl: string, environment: BaseUrl['environment']): Outcome<undefined> {
  const url = new URL(publicUrl);
  if (environment === 'sandbox' || (url.protocol === 'https:' && !isLoopback(url.hostname))) return ok(undefined);
  return conflict(
    `the gateway can report replies and opt-outs only to a public https address, and this server is reached under ${publicUrl}; start it with TEXTWRIGHT_PUBLIC_URL=https://your-name.example and try again`,
    { state: 'not_reachable', allowed: [] },
  );
}

/** Who was asked, and which field of our own input held the key. */
export interface Asked extends Pick<AccountRow, 'kind' | 'baseUrl'> {
  readonly keyField: 'apiKey' | 'authToken' | 'key';
}

function readNumbers(answer: Answer<readonly GatewayNumber[]>, at: Asked): Outcome<readonly GatewayNumber[]> {
  if (!answer.ok) return refusedBy(answer.error, at, 'reading the numbers');
  if (answer.value.length > 0) return answer;
  return invalid(
    'the key works, but this account has no phone number; buy or port one at the gateway, then connect again',
  );
}

async function requireFreeNumbers(db: Db | Tx, numbers: readonly GatewayNumber[]): Promise<Outcome<undefined>> {
  const taken = await findTakenNumbers(
    db,
    numbers.map((number) => number.phone),
  );
  const [first] = taken;
  if (first === undefined) return ok(undefined);
  const more = taken.length === 1 ? '' : ` (and ${taken.length - 1} more)`;
  return conflict(
    `the number ${first.phone}${more} is already a lane of the account "${first.accountName}"; one number can be in one account only. Refresh that account instead`,
    { state: 'number_taken', allowed: ['refresh'] },
  );
}

const KEY_WORDS: Readonly<Record<AccountRow['kind'], { readonly name: string; readonly remedy: string }>> = {
  quo: { name: 'API key', remedy: "copy the key whole, or make a new one in the gateway's settings under API" },
  twilio: {
    name: 'Account SID with its Auth Token',
    remedy: "copy both whole from the first page of the gateway's console; an API key (SK...) does not do",
  },
};

export function refusedBy(problem: GatewayProblem, { kind, baseUrl, keyField }: Asked, doing: string): Outcome<never> {
  const said = `(${doing}: ${problem.message})`;
  switch (problem.kind) {
    case 'unauthorized':
      return invalid(
        `the gateway at ${baseUrl} refused the ${KEY_WORDS[kind].name} ${said}; ${KEY_WORDS[kind].remedy}`,
        { errors: [{ pointer: `/${keyField}`, message: 'was refused by the gateway' }] },
      );
    case 'refused':
      return invalid(`the gateway at ${baseUrl} refused the request ${said}`);
    case 'throttled':
      return unavailable(`the gateway at ${baseUrl} asks to slow down ${said}; try again in a minute`);
    case 'unavailable':
      return unavailable(`the gateway at ${baseUrl} did not answer ${said}; check the address and try again`);
    default:
      return unreachable(problem.kind);
  }
}
