/**
 * The registrations of an account at its gateway: looked at, mended, given other keys. What a look finds is kept for the page, and an
 * alert while it is so.
 */
import { type AlertDeps, raiseAlert, resolveAlert } from '../alerts/raise-alert.ts';
import type { AuditAction } from '../compliance/audit-action.ts';
import type { AccountRow } from '../gateways/account.ts';
import { lockAccount, setWebhook, setWebhookGeneration } from '../gateways/account-commands-store.ts';
import { getAccount, listLaneRefs } from '../gateways/account-store.ts';
import {
  type Asked,
  type ConnectDeps,
  noSuchAccount,
  noteChange,
  refusedBy,
  requireReachable,
  webhookUrl,
} from '../gateways/connect-account.ts';
import { type HeldKey, keysOver, keysProven } from '../gateways/decide-webhook-keys.ts';
import type { WebhookFinding, WebhookState } from '../gateways/decide-webhooks.ts';
import {
  type EnsuredWebhooks,
  endReplaced,
  ensureWebhooks,
  inDoubtSince,
  inspectGateway,
  keepKeys,
  knownWebhooks,
  rotateWebhooks,
  whileChanging,
} from '../gateways/ensure-webhooks.ts';
import type { Answer, Gateway } from '../gateways/gateway.ts';
import { numbersPage } from '../gateways/numbers-page.ts';
import { listKeys, listOverdue, listSeen, putKeys, settleDoubt } from '../gateways/webhook-key-store.ts';
import type { WebhookGeneration } from '../gateways/webhook-registration.ts';
import { signerOf } from '../gateways/webhook-signer.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { conflict, type Outcome, unavailable } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { runAll } from '../platform/run-all.ts';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';
import { findLook, listUnlooked, putLook, type WebhookLook } from './registration-store.ts';

export type ManageDeps = ConnectDeps & AlertDeps;

export interface WebhookKeyShown extends Omit<HeldKey, 'ref'> {
  /** Of the newest event that it has signed. */
  readonly lastSeenAt: Instant | null;
  /** It may be retired before its time: its successor has been seen to sign. */
  readonly mayRetire: boolean;
}

export interface WebhookReport {
  readonly url: string;
  /** Undefined: nobody has looked yet. */
  readonly look: WebhookLook | undefined;
  /** A change of the keys was begun then, and how it ended is not known: events may be refused until the webhooks are repaired. */
  readonly inDoubtSince: Instant | null;
  /** Kinds of events that the gateway does not give to this account. */
  readonly partsRefused: readonly string[];
  readonly generation: WebhookGeneration;
  /** Why it is not the newest, in the gateway's words. */
  readonly fallback: string | null;
  readonly keys: readonly WebhookKeyShown[];
  /** By hand: the gateway has no way to do it by API. */
  readonly rotates: 'here' | 'at_gateway';
}

/** What is known without asking the gateway. */
export async function showWebhooks(deps: ManageDeps, id: Uuid): Promise<Outcome<WebhookReport>> {
  const account = await getAccount(deps.db, id);
  return account === undefined ? noSuchAccount(id) : ok(await reportOf(deps, deps.db, account));
}

async function reportOf(deps: ManageDeps, db: Db | Tx, account: AccountRow): Promise<WebhookReport> {
  const keys = await listKeys(db, account.id);
  const seen = await listSeen(db, account.id);
  const proven = new Set(keysProven(keys, new Set(seen.keys())).map(({ signer }) => signer));
  return {
    url: webhookUrl(deps, account),
    look: await findLook(db, account.id),
    inDoubtSince: inDoubtSince(account, deps.clock.now()),
    partsRefused: account.webhookPartsRefused,
    generation: account.webhookGeneration,
    fallback: account.webhookFallback,
    keys: keys.map(({ ref: _, ...key }) => ({
      ...key,
      lastSeenAt: seen.get(key.signer) ?? null,
      mayRetire: proven.has(key.signer),
    })),
    rotates: account.kind === 'twilio' ? 'at_gateway' : 'here',
  };
}

/** Asks the gateway what is registered, and keeps what is wrong with it. */
export async function inspectWebhooks(deps: ManageDeps, id: Uuid): Promise<Outcome<WebhookReport>> {
  const opened = await open(deps, id);
  if (!opened.ok) return opened;
  const { account } = opened.value;
  const state = await stateOf(deps, opened.value);
  await keepLook(deps, account, state);
  return state.ok ? showWebhooks(deps, id) : refusedBy(state.error, asked(account), LISTING);
}

const LISTING = 'listing the webhooks';
const asked = (account: AccountRow): Asked => ({ ...account, keyField: 'key' });

interface Opened {
  readonly account: AccountRow;
  readonly gateway: Gateway;
  readonly url: string;
}

async function open(deps: ManageDeps, id: Uuid): Promise<Outcome<Opened>> {
  const account = await getAccount(deps.db, id);
  if (account === undefined) return noSuchAccount(id);
  const gateway = deps.openGateway({ ...account, apiKey: deps.secrets.open(account.apiKeySealed) });
  return ok({ account, gateway, url: webhookUrl(deps, account) });
}

const stateOf = async (deps: ManageDeps, { account, gateway, url }: Opened): Promise<Answer<WebhookState>> =>
  inspectGateway(gateway, {
    url,
    known: await knownWebhooks(deps, account),
    laneRefs: await listLaneRefs(deps.db, account.id),
    generation: account.webhookGeneration,
  });

async function keepLook(
  deps: ManageDeps,
  account: Pick<AccountRow, 'id' | 'name' | 'webhookChangeUntil'>,
  state: Answer<WebhookState>,
): Promise<void> {
  const found = state.ok
    ? { findings: state.value.findings, problem: null }
    : { findings: [], problem: state.error.message };
  const now = deps.clock.now();
  const doubt = inDoubtSince(account, now);
  await runTx(deps.db, async (tx) => {
    await putLook(tx, account.id, { lookedAt: now, ...found });
    // What could not be asked is neither wrong nor right; a doubt is told all the same.
    if (state.ok) await tellFindings(tx, deps, account, state.value.findings);
    else if (doubt !== null) await tellFindings(tx, deps, account, [IN_DOUBT]);
    // A gateway whose list tells the keys has told that all of them are here.
    if (doubt !== null && state.ok && state.value.findings.length === 0) await settleDoubt(tx, account.id, doubt);
  });
}

const IN_DOUBT = {
  kind: 'unknown_key',
  sentence:
    'A change of the keys of the webhooks was begun, and how it ended is not known: events may be signed with a key that is not known here, and refused.',
} as const;

async function tellFindings(
  tx: Tx,
  deps: ManageDeps,
  { id, name }: Pick<AccountRow, 'id' | 'name'>,
  findings: readonly Pick<WebhookFinding, 'kind' | 'sentence'>[],
): Promise<void> {
  const key = { kind: 'webhook_registration', subject: `account:${id}` } as const;
  if (findings.length === 0) return resolveAlert(tx, deps, key);
  const harmless = findings.every(({ kind }) => kind === 'duplicate');
  await raiseAlert(tx, deps, {
    ...key,
    ...(harmless ? { severity: 'info' } : {}),
    headline: `${name}: ${harmless ? 'events arrive twice' : 'events do not all arrive here'}`,
    summary: `${findings.map(({ sentence }) => sentence).join(' ')} Press Repair under Settings, Numbers, or run \`textwright webhook repair\`.`,
    link: numbersPage(showId('account', id)),
    detail: { account: name, findings: findings.map(({ kind }) => kind) },
  });
}

interface Change {
  readonly id: Uuid;
  readonly actor: string;
}

/** More would mean that what is mended breaks again at once. */
const REPAIR_ROUNDS_MAX = 3;

/** Mends until nothing is found. `generation`: the account moves to this generation of the gateway's events. */
export async function repairWebhooks(
  deps: ManageDeps,
  { generation, ...input }: Change & { readonly generation?: WebhookGeneration | undefined },
): Promise<Outcome<WebhookReport>> {
  const opened = await open(deps, input.id);
  if (!opened.ok) return opened;
  const { account } = opened.value;
  const reachable = requireReachable(deps.publicUrl(), account.environment);
  if (!reachable.ok) return reachable;
  const { inDoubt } = await knownWebhooks(deps, account);
  const repaired = await whileChanging(deps, account, async (tell) => {
    for (let round = 1; round <= REPAIR_ROUNDS_MAX; round += 1) {
      const done = await repairOnce(deps, opened.value, {
        ...input,
        generation: generation ?? account.webhookGeneration,
        inDoubt: inDoubt && round === 1,
        tell,
      });
      if (!done.ok) return done;
      if (done.value === 0) break;
    }
    if (generation !== undefined) await runTx(deps.db, (tx) => setWebhookGeneration(tx, input.id, generation));
    return ok(undefined);
  });
  if (!repaired.ok) return repaired;
  const state = await stateOf(deps, { ...opened.value, account: (await getAccount(deps.db, input.id)) ?? account });
  await keepLook(deps, account, state);
  return state.ok ? showWebhooks(deps, input.id) : refusedBy(state.error, asked(account), LISTING);
}

/** How much there was to mend. */
async function repairOnce(
  deps: ManageDeps,
  { gateway, url, account: { id } }: Opened,
  {
    actor,
    generation,
    inDoubt,
    tell,
  }: {
    readonly actor: string;
    readonly generation: WebhookGeneration;
    readonly inDoubt: boolean;
    readonly tell: (done: EnsuredWebhooks) => void;
  },
): Promise<Outcome<number>> {
  const account = await getAccount(deps.db, id);
  if (account === undefined) return noSuchAccount(id);
  const known = { ...(await knownWebhooks(deps, account)), inDoubt };
  const laneRefs = await listLaneRefs(deps.db, id);
  const ensured = await ensureWebhooks(gateway, { url, known, laneRefs, generation });
  if (!ensured.ok) return refusedBy(ensured.error, asked(account), LISTING);
  tell(ensured.value);
  const { findings, refused } = ensured.value;
  const detail = { findings: findings.map(({ kind, step }) => `${kind}: ${step.do}`), refused };
  await keep(deps, { id, url, ensured: ensured.value, note: { action: 'webhooks.repaired', actor, detail } });
  const problem = ensured.value.problem ?? (await endReplaced(gateway, ensured.value.replaced));
  if (problem !== undefined) return refusedBy(problem, asked(account), `mending the webhooks at ${url}`);
  return ok(findings.length - refused.length);
}

/** The keys first: what they sign is good from here on. */
const keep = (
  deps: ManageDeps,
  {
    id,
    url,
    ensured,
    note,
  }: {
    readonly id: Uuid;
    readonly url: string;
    readonly ensured: EnsuredWebhooks;
    readonly note: { readonly action: AuditAction; readonly actor: string; readonly detail: object };
  },
): Promise<void> =>
  runTx(deps.db, async (tx) => {
    const account = await lockAccount(tx, id);
    if (account === undefined) throw new Error(`account ${id} vanished while its webhooks were being changed`);
    const now = deps.clock.now();
    await keepKeys(tx, { ...deps, now }, { account, ensured, url });
    await noteChange(tx, deps, { ...note, accountId: id, now });
  });

/**
 * Another key for every registration. The new ones are kept beside the old ones, which stay good until nothing that they signed can
 * come any more, or until a person retires them (`retireKeys`). Where the gateway's answer is lost, the account's keys are in doubt
 * (`inDoubtSince`) until a repair has given it a key that is known here; that is looked at and told at once.
 */
export async function rotateKeys(deps: ManageDeps, change: Change): Promise<Outcome<WebhookReport>> {
  const opened = await open(deps, change.id);
  if (!opened.ok) return opened;
  const rotated = await rotateOpened(deps, opened.value, change);
  const account = rotated.ok ? undefined : await getAccount(deps.db, change.id);
  if (account !== undefined && inDoubtSince(account, deps.clock.now()) !== null) await inspectWebhooks(deps, change.id);
  return rotated;
}

function rotateOpened(deps: ManageDeps, opened: Opened, { id, actor }: Change): Promise<Outcome<WebhookReport>> {
  const { account, gateway, url } = opened;
  return whileChanging(deps, account, async (tell) => {
    const state = await stateOf(deps, opened);
    await keepLook(deps, account, state);
    if (!state.ok) return refusedBy(state.error, asked(account), LISTING);
    const { working, findings } = state.value;
    if (findings.length > 0)
      return conflict(
        `the webhooks of "${account.name}" must be repaired before their keys are changed: ${findings[0]?.sentence}`,
        { state: 'broken', allowed: ['repair'] },
      );
    const rotated = { ...(await rotateWebhooks(gateway, { working, url })), refused: account.webhookPartsRefused };
    tell(rotated);
    const detail = { keys: rotated.keys.length, ...(rotated.inDoubt ? { inDoubt: true } : {}) };
    await keep(deps, { id, url, ensured: rotated, note: { action: 'webhooks.keys_rotated', actor, detail } });
    if (rotated.inDoubt) return changeInDoubt(account, rotated.problem?.message);
    const problem = rotated.problem ?? (await endReplaced(gateway, rotated.replaced));
    if (problem !== undefined) return refusedBy(problem, asked(account), 'changing the keys of the webhooks');
    return showWebhooks(deps, id);
  });
}

const changeInDoubt = ({ name, baseUrl }: AccountRow, said: string | undefined): Outcome<never> =>
  unavailable(
    `the answer of the gateway at ${baseUrl} was lost while it changed the keys of the webhooks (${said}): whether it signs with a new key is not known. Repair the webhooks of "${name}" now: that makes a key which is known here, and what is refused until then is sent again`,
  );

/** Before their time: the old keys whose successors have been seen to sign events. */
export async function retireKeys(deps: ManageDeps, { id, actor }: Change): Promise<Outcome<WebhookReport>> {
  const account = await getAccount(deps.db, id);
  if (account === undefined) return noSuchAccount(id);
  const seen = await listSeen(deps.db, id);
  const retired = await retire(deps, id, { actor, over: (keys) => keysProven(keys, new Set(seen.keys())) });
  if (retired > 0) return showWebhooks(deps, id);
  return conflict(
    `no old key of "${account.name}" can be retired yet: no event that a new key has signed has come in. Wait for one, or until the old ones end by themselves`,
    { state: 'unproven', allowed: [] },
  );
}

type JobDeps = ManageDeps & { readonly log: Pick<Log, 'error'> };

/** Old keys whose time is over; run by a job. */
export async function retireOverdue(deps: JobDeps): Promise<void> {
  const now = deps.clock.now();
  const ids = await listOverdue(deps.db, now);
  await runAll(
    deps,
    'ending keys whose time is over',
    ids.map((id) => ({ about: { account: id }, run: () => retireOverdueOf(deps, id, now) })),
  );
}

async function retireOverdueOf(deps: ManageDeps, id: Uuid, now: Instant): Promise<void> {
  const account = await getAccount(deps.db, id);
  const seen = new Set((await listSeen(deps.db, id)).keys());
  const provenOnly = account?.kind === 'twilio';
  await retire(deps, id, { actor: 'system', over: (keys) => keysOver(keys, { now, seen, provenOnly }) });
}

const retire = (
  deps: ManageDeps,
  id: Uuid,
  { actor, over }: { readonly actor: string; readonly over: (keys: readonly HeldKey[]) => readonly HeldKey[] },
): Promise<number> =>
  runTx(deps.db, async (tx) => {
    const account = await lockAccount(tx, id);
    const keys = await listKeys(tx, id);
    const gone = new Set(over(keys).map(({ signer }) => signer));
    if (account === undefined || gone.size === 0) return 0;
    const now = deps.clock.now();
    const kept = account.webhookSecretsSealed.filter((sealed) => !gone.has(signerOf(deps.secrets.open(sealed))));
    await setWebhook(tx, {
      accountId: id,
      ref: account.webhookRef,
      secretsSealed: kept,
      partsRefused: account.webhookPartsRefused,
      now,
    });
    await putKeys(
      tx,
      id,
      keys.filter(({ signer }) => !gone.has(signer)),
    );
    await noteChange(tx, deps, {
      action: 'webhooks.keys_retired',
      accountId: id,
      actor,
      now,
      detail: { signers: [...gone] },
    });
    return gone.size;
  });

const LOOK_EVERY_MS = DAY_MS;

/** A worker that is not told the address of the server would find every webhook to point elsewhere. */
function knowsAddress(deps: ManageDeps, account: AccountRow): boolean {
  if (account.environment === 'live') return requireReachable(deps.publicUrl(), 'live').ok;
  return new URL(deps.localUrl()).port !== '0';
}

/** Looks at the registrations of every account once a day; run by a job. */
export async function lookDaily(deps: JobDeps, signal?: AbortSignal): Promise<void> {
  const now = deps.clock.now();
  const ids = await listUnlooked(deps.db, { since: addMs(now, -LOOK_EVERY_MS), now });
  await runAll(
    { log: deps.log, signal },
    'looking at the registrations',
    ids.map((id) => ({ about: { account: id }, run: () => lookAt(deps, id) })),
  );
}

async function lookAt(deps: ManageDeps, id: Uuid): Promise<void> {
  const account = await getAccount(deps.db, id);
  if (account !== undefined && knowsAddress(deps, account)) await inspectWebhooks(deps, id);
}
