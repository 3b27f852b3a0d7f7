import { recordAudit } from '../compliance/audit-store.ts';
import { getAccount } from '../gateways/account-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { addMs, DAY_MS, type Instant, isBefore } from '../platform/time.ts';
import { engineTopicOf } from '../sending/engine-topic.ts';
import { RANGE_DAYS_MAX, RANGE_MS_MAX, type RunKind, settledUntil } from './run.ts';
import { endRun, getRun, insertRun } from './run-store.ts';
import { RECONCILIATION_TOPIC } from './topic.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export interface AskedRun {
  readonly accountId: Uuid;
  readonly kind: RunKind;
  readonly since: Instant;
  /** Later than two minutes ago is cut off: what is younger may be on its way by webhook. */
  readonly until: Instant;
  readonly actor: string;
}

/** Begins a run; whoever holds the account takes its steps. Refused while another one of the account is open. */
export async function startRun(tx: Tx, { clock, newUuid }: Deps, asked: AskedRun): Promise<Outcome<Uuid>> {
  const { accountId, kind, since, actor } = asked;
  const now = clock.now();
  const latest = settledUntil(now);
  const until = isBefore(latest, asked.until) ? latest : asked.until;
  const range = checkRange({ since, until, now });
  if (!range.ok) return range;
  if ((await getAccount(tx, accountId)) === undefined) return notFound('account', showId('account', accountId));
  const id = newUuid();
  if (!(await insertRun(tx, { id, accountId, kind, since, until, createdBy: actor, createdAt: now })))
    return conflict(
      'this account is being reconciled already: wait until that run is over, or cancel it (textwright reconcile status)',
      { state: 'running', allowed: ['cancel'] },
    );
  // The others begin by themselves, or with the account.
  if (kind === 'manual')
    await recordAudit(tx, {
      id: newUuid(),
      at: now,
      actor,
      action: 'reconciliation.started',
      subject: showId('reconciliation', id),
      detail: { account: showId('account', accountId), kind, since: since.toString(), until: until.toString() },
    });
  await notifyLive(tx, [engineTopicOf(accountId), RECONCILIATION_TOPIC]);
  return ok(id);
}

function checkRange({
  since,
  until,
  now,
}: {
  readonly since: Instant;
  readonly until: Instant;
  readonly now: Instant;
}): Outcome<true> {
  if (!isBefore(since, until))
    return invalid(
      `the range must begin before it ends, and more than two minutes ago, got ${since} to ${until}: what is younger may be on its way by webhook`,
      { errors: [{ pointer: '/since', message: 'not before the end of the range' }] },
    );
  if (isBefore(since, addMs(now, -RANGE_MS_MAX)))
    return invalid(`the range may begin ${RANGE_DAYS_MAX} days ago at the earliest, got ${since}`, {
      errors: [{ pointer: '/since', message: `more than ${RANGE_DAYS_MAX} days ago` }],
    });
  return ok(true);
}

/** What was found until then stays. */
export async function cancelRun(
  tx: Tx,
  { clock, newUuid }: Deps,
  input: { readonly id: Uuid; readonly actor: string },
): Promise<Outcome<Uuid>> {
  const { id, actor } = input;
  const shown = showId('reconciliation', id);
  const run = await getRun(tx, id);
  if (run === undefined) return notFound('reconciliation', shown);
  const now = clock.now();
  if (!(await endRun(tx, id, { state: 'cancelled', error: null, now })))
    return conflict(`reconciliation ${shown} is ${run.state}: only one that waits or runs can be cancelled`, {
      state: run.state,
      allowed: [],
    });
  await recordAudit(tx, {
    id: newUuid(),
    at: now,
    actor,
    action: 'reconciliation.cancelled',
    subject: shown,
    detail: {},
  });
  await notifyLive(tx, [RECONCILIATION_TOPIC]);
  return ok(id);
}

/** The first run of an account, which brings in its history; nothing when none was asked for. */
export async function startHistory(
  tx: Tx,
  deps: Deps,
  input: { readonly accountId: Uuid; readonly days: number; readonly actor: string },
): Promise<void> {
  const { accountId, days, actor } = input;
  if (days === 0) return;
  const until = deps.clock.now();
  await startRun(tx, deps, { accountId, kind: 'history', since: addMs(until, -days * DAY_MS), until, actor });
}
