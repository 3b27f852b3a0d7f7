import { type AlertDeps, raiseAlert, resolveAlert } from '../alerts/raise-alert.ts';
import { getAccount } from '../gateways/account-store.ts';
import { numbersPage } from '../gateways/numbers-page.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Log } from '../platform/log.ts';
import { runAll } from '../platform/run-all.ts';
import { type EndedCheck, findCheckEvent, listUnsettled, lockEnding, takeUntold, writeEnd } from './check-store.ts';
import { decideEnd } from './decide-check.ts';
import { type CheckOutcome, isFailure } from './health-check.ts';

export type SettleDeps = AlertDeps & { readonly db: Db };

/** Ends the checks whose time is over, and lets the alerts follow those that have ended; each account by itself. */
export async function settleChecks(deps: SettleDeps & { readonly log: Pick<Log, 'error'> }): Promise<void> {
  const accounts = await listUnsettled(deps.db, deps.clock.now());
  await runAll(
    deps,
    'ending health checks',
    accounts.map((accountId) => ({ about: { account: accountId }, run: () => settleAccount(deps, accountId) })),
  );
}

/** The same for one account. */
export async function settleAccount(deps: SettleDeps, accountId: Uuid): Promise<void> {
  await runTx(deps.db, async (tx) => {
    const now = deps.clock.now();
    for (const check of await lockEnding(tx, { accountId, now })) {
      const event = await findCheckEvent(tx, { ...check, since: check.startedAt });
      await writeEnd(tx, check.id, decideEnd({ ...check, event }), now);
      await notifyLive(tx, ['status']);
    }
  });
  await runTx(deps.db, async (tx) => {
    for (const check of await takeUntold(tx, accountId)) await tell(tx, deps, check);
  });
}

async function tell(tx: Tx, deps: SettleDeps, last: EndedCheck): Promise<void> {
  const { accountId } = last;
  const key = { kind: 'webhooks_unhealthy', subject: `account:${accountId}` } as const;
  if (!isFailure(last.outcome)) return resolveAlert(tx, deps, key);
  const account = await getAccount(tx, accountId);
  if (account === undefined) return;
  await raiseAlert(tx, deps, {
    ...key,
    headline: `${account.name}: ${HEADLINES[last.outcome]}`,
    summary: `The check of "${account.name}" failed: ${last.detail ?? last.outcome}. ${REMEDIES[last.outcome]}`,
    link: numbersPage(showId('account', accountId)),
    detail: { account: account.name, outcome: last.outcome, startedAt: last.startedAt.toString() },
  });
}

const HEADLINES: Readonly<Record<CheckOutcome, string>> = {
  healthy: 'events arrive',
  slow: 'events arrive late',
  failed_send: 'a text between two of our numbers does not go out',
  failed_no_webhook: 'replies, opt-outs and receipts do not arrive',
  failed_not_applied: 'events arrive and cannot be applied',
};

const REMEDIES: Readonly<Record<CheckOutcome, string>> = {
  healthy: '',
  slow: '',
  failed_send:
    'Look whether the account or the number is paused under Settings, Numbers, and at the status page of the provider.',
  failed_no_webhook:
    'Look at the webhooks under Settings, Numbers, and whether this server is reached from the internet; until then an opt-out may go unheard: pause sending if it lasts.',
  failed_not_applied: 'Look at the failed event, and at the log of this server.',
};
