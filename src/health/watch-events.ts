import { raiseAlert, resolveAlert } from '../alerts/raise-alert.ts';
import type { AccountRow } from '../gateways/account.ts';
import { numbersPage } from '../gateways/numbers-page.ts';
import { patience } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { addMs, HOUR_MS, type Instant, isBefore, msBetween, SECOND_MS } from '../platform/time.ts';
import { listChecks } from './check-store.ts';
import { decideTested, isRecovering, type Tested } from './decide-check.ts';
import { decideReceipts, decideSilence, hourOf, receiptLimits, type Suspicion } from './decide-suspicion.ts';
import { CHECK_WITHIN_MS, type HealthCheck } from './health-check.ts';
import { RHYTHM_KEPT_MS, readRhythm, readUsualReceipts } from './read-rhythm.ts';
import {
  countHours,
  findSuspicion,
  forgetHours,
  lastCounted,
  lastEvents,
  putSuspicion,
  waitingReceipts,
} from './rhythm-store.ts';
import type { SettleDeps } from './settle-checks.ts';
import { type CheckDeps, startCheck } from './start-check.ts';

export type WatchDeps = SettleDeps & CheckDeps;
type Watched = Pick<AccountRow, 'id' | 'name' | 'createdAt'>;

/** Brings the counts of whole hours up to date; what was before the account says nothing about what is usual. */
async function countRhythm(db: Db, { id: accountId, createdAt }: Watched, now: Instant): Promise<void> {
  const until = hourOf(now);
  const last = await lastCounted(db, accountId);
  const oldest = addMs(until, -RHYTHM_KEPT_MS);
  const first = later(oldest, hourOf(createdAt));
  const from = last === undefined ? first : later(first, addMs(last, HOUR_MS));
  if (!isBefore(from, until)) return;
  await runTx(
    db,
    async (tx) => {
      await countHours(tx, { accountId, from, until });
      await forgetHours(tx, accountId, oldest);
    },
    { timeoutMs: 0 },
  );
}

const later = (a: Instant, b: Instant): Instant => (isBefore(a, b) ? b : a);

/** What is suspicious about the events of one account right now, and when the newest one came. */
async function suspect(
  { db, clock }: Pick<WatchDeps, 'db' | 'clock'>,
  accountId: Uuid,
  now: Instant,
): Promise<{ readonly suspicion: Suspicion | undefined; readonly eventAt: Instant | null }> {
  const { eventAt, receiptAt, heardAt } = await lastEvents(db, accountId);
  const receipts = await suspectReceipts(db, { accountId, now, receiptAt, takesMs: patience(clock, TAKES_MS) });
  if (receipts !== undefined || heardAt === null) return { suspicion: receipts, eventAt };
  return { suspicion: await suspectSilence(db, { accountId, now, heardAt }), eventAt };
}

async function suspectSilence(
  db: Db,
  { accountId, now, heardAt }: { readonly accountId: Uuid; readonly now: Instant; readonly heardAt: Instant },
): Promise<Suspicion | undefined> {
  const from = hourOf(heardAt);
  const hours = Array.from({ length: Math.min(25, Math.ceil(msBetween(from, now) / HOUR_MS)) }, (_, index) =>
    addMs(from, index * HOUR_MS),
  );
  return decideSilence({ now, lastEventAt: heardAt, countsAt: await readRhythm(db, { accountId, hours }) });
}

/** Real time that it may take here between the post of an event and its effect. */
const TAKES_MS = 30 * SECOND_MS;
/** Older texts are the sweeper's. */
const LOOK_BACK_MS = HOUR_MS;

async function suspectReceipts(
  db: Db,
  {
    accountId,
    now,
    receiptAt,
    takesMs,
  }: { readonly accountId: Uuid; readonly now: Instant; readonly receiptAt: Instant | null; readonly takesMs: number },
): Promise<Suspicion | undefined> {
  const oldest = addMs(now, -LOOK_BACK_MS);
  const since = receiptAt === null || isBefore(receiptAt, oldest) ? oldest : receiptAt;
  const any = await waitingReceipts(db, { accountId, since, before: now });
  // Most of the time nothing waits, and what is usual need not be read.
  if (any.texts === 0) return undefined;
  const usual = await readUsualReceipts(db, { accountId, now, receiptAt });
  const before = addMs(now, -Math.max(receiptLimits(usual).lagMs, takesMs));
  return decideReceipts({ usual, waiting: await waitingReceipts(db, { accountId, since, before }) });
}

/** Looks at one account: a suspicion is kept, and tested by a check at once. What no check can test is told. */
export async function watchAccount(deps: WatchDeps, account: Watched): Promise<void> {
  const now = deps.clock.now();
  await countRhythm(deps.db, account, now);
  const { suspicion, eventAt } = await suspect(deps, account.id, now);
  const [last] = await listChecks(deps.db, { accountId: account.id, after: undefined, limit: 1 });
  if (isRecovering(last, eventAt)) await startCheck(deps, { accountId: account.id, cause: 'recovery' });
  const known = await findSuspicion(deps.db, account.id);
  if (suspicion === undefined && known === undefined) return;
  await runTx(deps.db, (tx) => putSuspicion(tx, account.id, suspicion));
  const verdict = suspicion === undefined ? 'tested' : await test(deps, { account, suspicion, last });
  // An alert that is open meanwhile neither ends nor begins.
  if (verdict === 'under_way') return;
  const key = { kind: 'webhooks_suspicious', subject: `account:${account.id}` } as const;
  await runTx(deps.db, async (tx) => {
    if (suspicion === undefined || verdict === 'tested') return resolveAlert(tx, deps, key);
    await raiseAlert(tx, deps, {
      ...key,
      headline: `${account.name}: events may not arrive`,
      summary: `The events of "${account.name}" are suspiciously few: ${suspicion.detail}. ${REMEDIES[verdict]}`,
      link: numbersPage(showId('account', account.id)),
      detail: { account: account.name, kind: suspicion.kind },
    });
  });
}

const REMEDIES = {
  confirmed: 'Received texts do arrive: look whether the webhook is asked for receipts, under Settings, Numbers.',
  untestable: 'No check could test it: choose two numbers for the health check under Settings, Numbers.',
} as const;

/** What the last check says about it, or another one that is begun now. */
async function test(
  deps: WatchDeps,
  {
    account,
    suspicion,
    last,
  }: { readonly account: Watched; readonly suspicion: Suspicion; readonly last: HealthCheck | undefined },
): Promise<Exclude<Tested, 'begin'> | 'untestable'> {
  const { clock } = deps;
  const tested = decideTested(suspicion, last, { now: clock.now(), withinMs: patience(clock, CHECK_WITHIN_MS) });
  if (tested !== 'begin') return tested;
  const begun = await startCheck(deps, { accountId: account.id, cause: 'suspicion' });
  // Another worker may have begun one, or the end of the trouble this moment.
  const isUnderWay = begun.ok || (begun.error.kind === 'conflict' && begun.error.state === 'under_way');
  return isUnderWay ? 'under_way' : 'untestable';
}
