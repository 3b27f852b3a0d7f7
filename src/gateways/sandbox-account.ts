/**
 * Staying in the sandbox: one account at the made-up carrier that runs inside of a process of this installation. To everything else
 * it is an account like any other, at an address of this machine.
 */
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { conflict, type Outcome, unavailable } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { OpenedSandbox, OpenSandbox } from '../services.ts';
import { lockAccount, lockNumbers, moveAccountRow } from './account-commands-store.ts';
import { getAccount, listLaneRefs } from './account-store.ts';
import {
  type ConnectDeps,
  type ConnectInput,
  type Connection,
  connectAccount,
  noteChange,
  prepareConnection,
  webhookUrl,
} from './connect-account.ts';
import { type EnsuredWebhooks, endReplaced, ensureWebhooks, keepKeys, knownWebhooks } from './ensure-webhooks.ts';
import { findLiveAccountName, findSandboxAccount, putSandboxAccount } from './sandbox-account-store.ts';
import { endChange } from './webhook-key-store.ts';

export interface SandboxDeps extends ConnectDeps {
  readonly openSandbox: OpenSandbox;
}

/** What is there already, or what is to be written. */
export type PreparedSandbox =
  | { readonly kind: 'existing'; readonly accountId: Uuid }
  | { readonly kind: 'new'; readonly input: ConnectInput; readonly connection: Connection };

/** The part outside of a transaction: starts the sandbox and speaks to it over the wire, as to any gateway. */
export async function prepareSandbox(deps: SandboxDeps): Promise<Outcome<PreparedSandbox>> {
  const existing = await findSandboxAccount(deps.db);
  if (existing !== undefined) return ok({ kind: 'existing', accountId: existing });
  const allowed = await requireNoLiveAccount(deps.db);
  if (!allowed.ok) return allowed;
  const sandbox = await deps.openSandbox({ accountId: deps.newUuid(), baseUrl: undefined });
  if (sandbox === undefined)
    return unavailable(
      'another server process on this database is just starting the sandbox; try again in a few seconds',
    );
  const input = inputFor(sandbox);
  const connection = await prepareConnection(deps, { ...input, accountId: sandbox.accountId });
  if (connection.ok) return ok({ kind: 'new', input, connection: connection.value });
  // Somebody else may have asked for it at the same instant: its numbers are taken then, and it is there.
  const made = await findSandboxAccount(deps.db);
  return made === undefined ? connection : ok({ kind: 'existing', accountId: made });
}

/** The written part: the account with its lanes, unless it has come into being meanwhile. */
export async function connectSandbox(
  tx: Tx,
  deps: SandboxDeps,
  { actor, prepared }: { readonly actor: string; readonly prepared: PreparedSandbox },
): Promise<Outcome<Uuid>> {
  if (prepared.kind === 'existing') return ok(prepared.accountId);
  await lockNumbers(tx);
  const made = await findSandboxAccount(tx);
  if (made !== undefined) {
    await keepKeysToo(tx, deps, { accountId: made, connection: prepared.connection });
    return ok(made);
  }
  const allowed = await requireNoLiveAccount(tx);
  if (!allowed.ok) return allowed;
  const { input, connection } = prepared;
  const connected = await connectAccount(tx, deps, { ...input, actor, connection });
  if (connected.ok) await putSandboxAccount(tx, connected.value, deps.clock.now());
  return connected;
}

/** Two who asked at the same instant have registered twice, and the sandbox signs with the keys of the last one. */
async function keepKeysToo(
  tx: Tx,
  deps: SandboxDeps,
  { accountId, connection }: { readonly accountId: Uuid; readonly connection: Connection },
): Promise<void> {
  const account = await lockAccount(tx, accountId);
  if (account === undefined) throw new Error(`account ${accountId} of the sandbox vanished`);
  const ensured = { ...connection.webhooks, complete: false };
  await keepKeys(tx, { ...deps, now: deps.clock.now() }, { account, ensured, url: webhookUrl(deps, account) });
}

const inputFor = ({ apiKey, baseUrl }: OpenedSandbox): ConnectInput => ({
  kind: 'quo',
  name: 'Sandbox',
  apiKey,
  baseUrl,
  ratePerSecond: undefined,
});

/** Beside a real number the made-up ones would take a share of every campaign, and their people would never be texted. */
async function requireNoLiveAccount(db: Db | Tx): Promise<Outcome<undefined>> {
  const name = await findLiveAccountName(db);
  if (name === undefined) return ok(undefined);
  return conflict(
    `the account "${name}" has real numbers, and made-up ones beside them would take a share of every campaign; to try things out, start a second Textwright with another TEXTWRIGHT_DATA_DIR`,
    { state: 'live', allowed: [] },
  );
}

export interface SandboxKeeper {
  close(): Promise<void>;
}

/** Real time between two looks: for a process that ran the sandbox and is gone, and for a lost lock. */
const LOOK_EVERY_MS = 5_000;

/**
 * Keeps the sandbox of the installation running, once somebody has chosen it. Resolves after the first look, so that the engine
 * finds the account at its present address; then looks again and again, so that another process can take over.
 */
export async function keepSandbox(
  deps: SandboxDeps & { readonly clock: Clock; readonly log: Log },
): Promise<SandboxKeeper> {
  const stopping = new AbortController();
  let announced: OpenedSandbox | undefined;
  const look = async (): Promise<void> => {
    try {
      announced = await reviveSandbox(deps, announced);
    } catch (error) {
      deps.log.error({ error }, 'the sandbox cannot be started; trying again');
    }
  };
  await look();
  const looking = (async () => {
    for (;;) {
      await deps.clock.rest(LOOK_EVERY_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      await look();
    }
  })();
  return {
    async close() {
      stopping.abort();
      await looking;
    },
  };
}

/** Starts it if no process runs it, and tells it and the account where the other is now. Returns the run that both know. */
async function reviveSandbox(
  deps: SandboxDeps,
  announced: OpenedSandbox | undefined,
): Promise<OpenedSandbox | undefined> {
  const accountId = await findSandboxAccount(deps.db);
  const account = accountId === undefined ? undefined : await getAccount(deps.db, accountId);
  if (account === undefined) return undefined;
  const { id, baseUrl } = account;
  const sandbox = await deps.openSandbox({ accountId: id, baseUrl });
  if (sandbox === undefined || sandbox === announced) return sandbox;
  const gateway = deps.openGateway({ ...account, ...sandbox });
  const known = await knownWebhooks(deps, account);
  const laneRefs = await listLaneRefs(deps.db, id);
  const wanted = { url: webhookUrl(deps, account), known, laneRefs, generation: account.webhookGeneration };
  const answer = await ensureWebhooks(gateway, wanted);
  const problem = answer.ok ? answer.value.problem : answer.error;
  if (!answer.ok || problem !== undefined) throw new Error(`the sandbox refused its webhooks: ${problem?.message}`);
  await runTx(deps.db, (tx) => writeMove(tx, deps, { accountId: id, sandbox, webhooks: answer.value }));
  await endReplaced(gateway, answer.value.replaced);
  if (known.inDoubt) await endChange(deps.db, id, null);
  return sandbox;
}

async function writeMove(
  tx: Tx,
  deps: SandboxDeps,
  input: {
    readonly accountId: Uuid;
    readonly sandbox: OpenedSandbox;
    readonly webhooks: EnsuredWebhooks;
  },
): Promise<void> {
  const { accountId, sandbox, webhooks } = input;
  const now = deps.clock.now();
  const account = await lockAccount(tx, accountId);
  if (account === undefined) throw new Error(`account ${accountId} of the sandbox vanished`);
  await keepKeys(tx, { ...deps, now }, { account, ensured: webhooks, url: webhookUrl(deps, account) });
  if (account.baseUrl === sandbox.baseUrl) return;
  await moveAccountRow(
    tx,
    { id: accountId, baseUrl: sandbox.baseUrl, apiKeySealed: deps.secrets.seal(sandbox.apiKey) },
    now,
  );
  await noteChange(tx, deps, {
    action: 'account.moved',
    accountId,
    actor: 'system',
    now,
    detail: { from: account.baseUrl, to: sandbox.baseUrl },
  });
}
