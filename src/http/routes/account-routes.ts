import {
  type AccountOverview,
  type LaneOverview,
  listAccountOverviews,
} from '../../gateways/account-overview-store.ts';
import { changeAccount, changeLane } from '../../gateways/change-account.ts';
import {
  type ConnectInput,
  type Connection,
  connectAccount,
  prepareConnection,
  refreshAccount,
  twilioKey,
  webhookUrl,
} from '../../gateways/connect-account.ts';
import { connectSandbox, type PreparedSandbox, prepareSandbox } from '../../gateways/sandbox-account.ts';
import { remedyOfPause } from '../../messages/outcome-sentences.ts';
import type { Db, Tx } from '../../platform/database.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import type { Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/operations.ts';
import { isoText, isoTextOrNull, type RouteInput } from '../route-types.ts';

export function registerAccountRoutes(api: Api, services: Services): void {
  const { clock } = services;
  const { db } = services.database;
  const deps = { ...services, db };
  const shown = async (tx: Db | Tx, id: Uuid) => {
    const account = (await listAccountOverviews(tx, clock.now())).find((row) => row.id === id);
    if (account === undefined) throw new Error(`account ${id} vanished while it was being shown`);
    return showAccount(account, services);
  };

  api.handle(contract.listAccounts, async () => {
    const accounts = await listAccountOverviews(db, clock.now());
    return ok({ data: accounts.map((account) => showAccount(account, services)) });
  });
  api.effect(contract.connectSandbox, {
    prepare: (): Promise<Outcome<PreparedSandbox>> => prepareSandbox(deps),
    effect: async (tx, { caller }, prepared) => {
      const connected = await connectSandbox(tx, deps, { actor: caller.actor, prepared });
      return connected.ok ? ok(await shown(tx, connected.value)) : connected;
    },
  });
  api.effect(contract.connectAccount, {
    prepare: ({ body }): Promise<Outcome<Connection>> => prepareConnection(deps, connectInput(body)),
    effect: async (tx, { body, caller }, connection) => {
      const input = { ...connectInput(body), actor: caller.actor, connection };
      const connected = await connectAccount(tx, deps, input);
      return connected.ok ? ok(await shown(tx, connected.value)) : connected;
    },
  });
  api.handle(contract.refreshAccount, async ({ params, caller }) => {
    const refreshed = await refreshAccount(deps, { id: uuidOf('account', params.id), actor: caller.actor });
    return refreshed.ok ? ok(await shown(db, refreshed.value)) : refreshed;
  });
  api.handle(contract.replaceKey, async ({ params, body, caller }) => {
    const id = uuidOf('account', params.id);
    const replaced = await refreshAccount(deps, { id, actor: caller.actor, newKey: body.key });
    return replaced.ok ? ok(await shown(db, replaced.value)) : replaced;
  });
  api.handle(contract.updateAccount, async ({ params, body, caller }) => {
    const { actor, name: actorName } = caller;
    const { reason, ...change } = body;
    const id = uuidOf('account', params.id);
    const changed = await changeAccount(deps, { id, change: given(change), actor, actorName, reason });
    return changed.ok ? ok(await shown(db, changed.value)) : changed;
  });
  api.handle(contract.updateLane, async ({ params, body, caller }) => {
    const { actor, name: actorName } = caller;
    const { reason, ...change } = body;
    const id = uuidOf('lane', params.id);
    const changed = await changeLane(deps, { id, change: given(change), actor, actorName, reason });
    if (!changed.ok) return changed;
    const accounts = await listAccountOverviews(db, clock.now());
    const lane = accounts.flatMap((account) => account.lanes).find((row) => row.id === changed.value);
    if (lane === undefined) throw new Error(`lane ${params.id} vanished while it was being shown`);
    return ok(showLane(lane));
  });
}

const connectInput = (body: RouteInput<typeof contract.connectAccount>['body']): ConnectInput => ({
  kind: body.kind,
  name: body.name,
  apiKey: body.kind === 'twilio' ? twilioKey(body) : body.apiKey,
  baseUrl: body.baseUrl,
  ratePerSecond: body.ratePerSecond,
  historyDays: body.historyDays,
});

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that were left out. */
const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;

export const showAccount = (account: AccountOverview, at: Pick<Services, 'publicUrl' | 'localUrl'>) => ({
  id: showId('account', account.id),
  kind: account.kind,
  name: account.name,
  baseUrl: account.baseUrl,
  environment: account.environment,
  ratePerSecond: account.ratePerSecond,
  optOutsConfirmedBy: account.optOutsConfirmedBy,
  state: account.state,
  stateReason: account.stateReason,
  stateRemedy: remedyOfPause(account.stateReason),
  webhookUrl: webhookUrl(at, account),
  webhookRegistered: account.webhookRef !== null,
  lastEventAt: isoTextOrNull(account.lastEventAt),
  heldBy: account.heldBy,
  breaker:
    account.breaker === null ? null : { openSince: isoText(account.breaker.openSince), detail: account.breaker.detail },
  heldUntil: isoTextOrNull(account.heldUntil),
  lanes: account.lanes.map(showLane),
  createdAt: isoText(account.createdAt),
});

export const showLane = (lane: LaneOverview) => ({
  id: showId('lane', lane.id),
  accountId: showId('account', lane.accountId),
  phone: lane.phone,
  name: lane.name,
  zone: lane.zone,
  dailyCap: lane.dailyCap,
  usedToday: lane.usedToday,
  messagesPerSecond: lane.messagesPerSecond,
  partsPerSecond: lane.partsPerSecond,
  partsPerDay: lane.partsPerDay,
  partsUsedToday: lane.partsUsedToday,
  state: lane.state,
  stateReason: lane.stateReason,
  stateRemedy: remedyOfPause(lane.stateReason),
  pausedUntil: isoTextOrNull(lane.pausedUntil),
  waitingPeople: lane.waitingPeople,
});
