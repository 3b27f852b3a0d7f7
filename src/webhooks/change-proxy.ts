import type { AuditAction } from '../compliance/audit-action.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import { getAccount } from '../gateways/account-store.ts';
import { noSuchAccount } from '../gateways/connect-account.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import { chooseAddress, parseGuardedUrl, type Resolve } from '../platform/guarded-fetch.ts';
import { firstUuidAt, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { type Network, parseNetwork } from '../platform/network-address.ts';
import { conflict, invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import type { Services } from '../services.ts';
import { failWaiting, queueAgain } from './proxy-delivery-store.ts';
import {
  PROXY_NETWORKS_MAX,
  PROXY_TARGETS_MAX,
  PROXY_TOPIC,
  PROXY_TYPES_MAX,
  PROXY_URL_LENGTH_MAX,
  type ProxyTarget,
} from './proxy-target.ts';
import {
  deleteProxyTarget,
  getProxyTarget,
  insertProxyTarget,
  listProxyTargets,
  lockProxyTarget,
  startProxyTargetAnew,
  updateProxyTarget,
} from './proxy-target-store.ts';

export type ProxyDeps = Pick<Services, 'clock' | 'newUuid' | 'random' | 'secrets'> & {
  readonly db: Db;
  /** The system's own when absent. */
  readonly resolve?: Resolve | undefined;
};

export interface ProxyTargetInput {
  readonly url: string;
  readonly allowedCidrs: readonly string[];
  readonly eventTypes: readonly string[];
}

/** 192 random bits, shown once; a target's program knows by it that a request comes from here. */
const TOKEN_BYTES = 24;

/** Made forwarding: what comes in from now on goes there. The token is not shown again. */
export async function addProxyTarget(
  deps: ProxyDeps,
  input: ProxyTargetInput & { readonly accountId: Uuid; readonly actor: string },
): Promise<Outcome<{ readonly target: ProxyTarget; readonly token: string }>> {
  const checked = await checkSettings(deps, input);
  if (!checked.ok) return checked;
  const token = `twp_${Buffer.from(deps.random.bytes(TOKEN_BYTES)).toString('base64url')}`;
  return runTx(deps.db, async (tx) => {
    const { accountId, actor } = input;
    const account = await getAccount(tx, accountId);
    if (account === undefined) return noSuchAccount(accountId);
    const free = await requireFree(tx, { accountId, url: checked.value.url });
    if (!free.ok) return free;
    const now = deps.clock.now();
    const id = deps.newUuid();
    await insertProxyTarget(
      tx,
      {
        ...checked.value,
        id,
        accountId,
        tokenSealed: deps.secrets.seal(token),
        state: 'active',
        stateReason: null,
        sinceId: firstUuidAt(now.epochMilliseconds),
        createdBy: actor,
      },
      now,
    );
    await note(tx, deps, { action: 'proxy_target.added', id, actor, now, detail: { ...checked.value } });
    return ok({ target: await shown(tx, id), token });
  });
}

async function requireFree(
  tx: Tx,
  { accountId, url, except }: { readonly accountId: Uuid; readonly url: string; readonly except?: Uuid },
): Promise<Outcome<undefined>> {
  const others = (await listProxyTargets(tx, accountId)).filter(({ id }) => id !== except);
  const same = others.find((target) => target.url === url);
  if (same !== undefined)
    return conflict(`events are forwarded to ${url} already: change that target (${showId('proxyTarget', same.id)})`, {
      state: same.state,
      allowed: ['change', 'remove'],
    });
  if (others.length < PROXY_TARGETS_MAX) return ok(undefined);
  return conflict(`this account has ${PROXY_TARGETS_MAX} targets, which is the most: remove one first`, {
    state: 'full',
    allowed: ['remove'],
  });
}

export type ProxyTargetChange = Partial<ProxyTargetInput & { readonly state: 'active' | 'off' }>;

/** What came in while it was off, or was of a type that it did not ask for, is not forwarded afterwards. */
export async function changeProxyTarget(
  deps: ProxyDeps,
  input: {
    readonly id: Uuid;
    readonly change: ProxyTargetChange;
    readonly actor: string;
    readonly actorName: string;
  },
): Promise<Outcome<ProxyTarget>> {
  const { id, change, actor } = input;
  const known = await getProxyTarget(deps.db, id);
  if (known === undefined) return noSuchTarget(id);
  const checked = await checkSettings(deps, { ...known, ...change });
  if (!checked.ok) return checked;
  return runTx(deps.db, async (tx) => {
    const before = await lockProxyTarget(tx, id);
    if (before === undefined) return noSuchTarget(id);
    const { accountId } = before;
    const free = await requireFree(tx, { accountId, url: checked.value.url, except: id });
    if (!free.ok) return free;
    const now = deps.clock.now();
    const after = { ...before, ...checked.value, ...stateAfter(before, input) };
    await updateProxyTarget(tx, after, now);
    if (after.state !== 'active' && before.state === 'active') await failWaiting(tx, id, { error: SWITCHED_OFF, now });
    if (beginsAnew(before, after))
      await startProxyTargetAnew(tx, id, { sinceId: firstUuidAt(now.epochMilliseconds), now });
    const detail = { before: settingsOf(before), after: settingsOf(after) };
    await note(tx, deps, { action: 'proxy_target.changed', id, actor, now, detail });
    return ok(await shown(tx, id));
  });
}

export const SWITCHED_OFF = 'not tried any more: the target was switched off';

function stateAfter(
  { state, stateReason }: ProxyTarget,
  { change, actorName }: { readonly change: ProxyTargetChange; readonly actorName: string },
): Pick<ProxyTarget, 'state' | 'stateReason'> {
  if (change.state === undefined || change.state === state) return { state, stateReason };
  return { state: change.state, stateReason: change.state === 'active' ? null : `Switched off by ${actorName}` };
}

const beginsAnew = (before: ProxyTarget, after: ProxyTarget): boolean =>
  (before.state !== 'active' && after.state === 'active') ||
  JSON.stringify(before.eventTypes) !== JSON.stringify(after.eventTypes);

const settingsOf = ({ url, allowedCidrs, eventTypes, state, stateReason }: ProxyTarget) => ({
  url,
  allowedCidrs,
  eventTypes,
  state,
  stateReason,
});

/** With its log. */
export function removeProxyTarget(
  deps: Pick<ProxyDeps, 'db' | 'clock' | 'newUuid'>,
  { id, actor }: { readonly id: Uuid; readonly actor: string },
): Promise<Outcome<ProxyTarget>> {
  return runTx(deps.db, async (tx) => {
    const before = await lockProxyTarget(tx, id);
    if (before === undefined) return noSuchTarget(id);
    await deleteProxyTarget(tx, id);
    const now = deps.clock.now();
    await note(tx, deps, { action: 'proxy_target.removed', id, actor, now, detail: settingsOf(before) });
    return ok(before);
  });
}

/** One event of the account again, or for the first time, with all its attempts. */
export async function forwardAgain(
  tx: Tx,
  deps: Pick<ProxyDeps, 'clock' | 'newUuid'>,
  { id, eventId, actor }: { readonly id: Uuid; readonly eventId: Uuid; readonly actor: string },
): Promise<Outcome<undefined>> {
  const target = await lockProxyTarget(tx, id);
  if (target === undefined) return noSuchTarget(id);
  if (target.state !== 'active')
    return conflict(`the target ${target.url} is off (${target.stateReason}): switch it on first`, {
      state: target.state,
      allowed: ['switch_on'],
    });
  const now = deps.clock.now();
  const event = showId('event', eventId);
  if (!(await queueAgain(tx, { targetId: id, eventId, now })))
    return notFound(`an event of the account "${target.accountName}" with the id`, event);
  await note(tx, deps, { action: 'proxy_target.resent', id, actor, now, detail: { event } });
  return ok(undefined);
}

export const noSuchTarget = (id: Uuid) => notFound('forwarding target', showId('proxyTarget', id));

async function shown(tx: Tx, id: Uuid): Promise<ProxyTarget> {
  const target = await getProxyTarget(tx, id);
  if (target === undefined) throw new Error(`forwarding target ${id} vanished while it was being shown`);
  return target;
}

async function note(
  tx: Tx,
  { newUuid }: Pick<ProxyDeps, 'newUuid'>,
  change: {
    readonly action: AuditAction;
    readonly id: Uuid;
    readonly actor: string;
    readonly now: Instant;
    readonly detail: object;
  },
): Promise<void> {
  const { action, id, actor, now, detail } = change;
  await recordAudit(tx, { id: newUuid(), at: now, actor, action, subject: showId('proxyTarget', id), detail });
  await notifyLive(tx, [PROXY_TOPIC, 'status']);
}

type Checked = ProxyTargetInput;

/** Their one spelling, or what is wrong with them; an address that may not be reached is refused here already. */
async function checkSettings(deps: Pick<ProxyDeps, 'resolve'>, input: ProxyTargetInput): Promise<Outcome<Checked>> {
  const allowed: Network[] = [];
  for (const [index, text] of input.allowedCidrs.entries()) {
    const network = parseNetwork(text);
    if (!network.ok) return wrong(`/allowedCidrs/${index}`, network.error);
    allowed.push(network.value);
  }
  const allowedCidrs = [...new Set(allowed.map((network) => network.text))];
  if (allowedCidrs.length > PROXY_NETWORKS_MAX)
    return wrong('/allowedCidrs', `expected at most ${PROXY_NETWORKS_MAX} networks, got ${allowedCidrs.length}`);
  const eventTypes = [...new Set(input.eventTypes)];
  if (eventTypes.length > PROXY_TYPES_MAX)
    return wrong('/eventTypes', `expected at most ${PROXY_TYPES_MAX} types, got ${eventTypes.length}`);
  const url = parseGuardedUrl(input.url);
  if (!url.ok) return wrong('/url', url.error);
  if (url.value.href.length > PROXY_URL_LENGTH_MAX)
    return wrong('/url', `expected at most ${PROXY_URL_LENGTH_MAX} characters, got ${url.value.href.length}`);
  const refusal = await refusalNow(url.value, { ...deps, allowed });
  return refusal === undefined ? ok({ url: url.value.href, allowedCidrs, eventTypes }) : wrong('/url', refusal);
}

/** A name that is not known yet may become known: a tunnel is often started afterwards. */
async function refusalNow(
  url: URL,
  { resolve, allowed }: { readonly resolve?: Resolve | undefined; readonly allowed: readonly Network[] },
): Promise<string | undefined> {
  try {
    const address = await chooseAddress(url, { allowed, ...(resolve === undefined ? {} : { resolve }) });
    return address.ok ? undefined : address.error;
  } catch {
    return undefined;
  }
}

const wrong = (pointer: string, message: string) =>
  invalid(`${pointer.split('/')[1]}: ${message}`, { errors: [{ pointer, message }] });
