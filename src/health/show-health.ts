import { getAccount } from '../gateways/account-store.ts';
import { noSuchAccount } from '../gateways/connect-account.ts';
import type { Clock } from '../platform/clock.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';
import { findSettings, listChecks } from './check-store.ts';
import { type Uptime, uptimeOf } from './decide-check.ts';
import { decideLimits, limitHours, type SilenceLimits } from './decide-limits.ts';
import { receiptLimits } from './decide-suspicion.ts';
import type { HealthCheck, HealthSettings } from './health-check.ts';
import { readRhythm, readUsualReceipts } from './read-rhythm.ts';
import { findSuspicion, lastEvents, type Suspected } from './rhythm-store.ts';

/** Whether the events of an account come in: how the last checks went, and what the passive watch thinks. */
export interface HealthReport {
  readonly settings: HealthSettings | undefined;
  readonly last: HealthCheck | undefined;
  /** Newest first. */
  readonly recent: readonly HealthCheck[];
  readonly uptime: { readonly day: Uptime; readonly week: Uptime; readonly month: Uptime };
  readonly suspicion: Suspected | undefined;
  /** When the passive watch would suspect that events stay away. */
  readonly watch: {
    readonly silence: SilenceLimits;
    /** So many texts in a row without a receipt, each older than this. */
    readonly receipts: { readonly texts: number; readonly lagMs: number };
  };
}

const MONTH_MS = 30 * DAY_MS;
/** A check every ten minutes for a month, while it fails. */
const CHECKS_MAX = 4_500;
const RECENT = 48;

export async function showHealth(
  { db, clock }: { readonly db: Db | Tx; readonly clock: Clock },
  accountId: Uuid,
): Promise<Outcome<HealthReport>> {
  if ((await getAccount(db, accountId)) === undefined) return noSuchAccount(accountId);
  const now = clock.now();
  const since = addMs(now, -MONTH_MS);
  const checks = await listChecks(db, { accountId, since, after: undefined, limit: CHECKS_MAX });
  const upSince = (ms: number): Uptime => uptimeOf(checks, addMs(now, -ms));
  const [newest] = await listChecks(db, { accountId, after: undefined, limit: 1 });
  return ok({
    settings: await findSettings(db, accountId),
    last: newest,
    recent: checks.slice(0, RECENT),
    uptime: { day: upSince(DAY_MS), week: upSince(7 * DAY_MS), month: upSince(MONTH_MS) },
    suspicion: await findSuspicion(db, accountId),
    watch: await readWatch(db, accountId, now),
  });
}

async function readWatch(db: Db | Tx, accountId: Uuid, now: Instant): Promise<HealthReport['watch']> {
  const countsAt = await readRhythm(db, { accountId, hours: limitHours(now) });
  const { receiptAt } = await lastEvents(db, accountId);
  return {
    silence: decideLimits(now, countsAt),
    receipts: receiptLimits(await readUsualReceipts(db, { accountId, now, receiptAt })),
  };
}

/** Newest first. */
export async function listHealthChecks(
  db: Db,
  query: { readonly accountId: Uuid; readonly limit: number; readonly cursor: string | undefined },
): Promise<Outcome<Page<HealthCheck>>> {
  if ((await getAccount(db, query.accountId)) === undefined) return noSuchAccount(query.accountId);
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const after = cursor.value === undefined ? undefined : { at: cursor.value[0], id: cursor.value[1] };
  const rows = await listChecks(db, { accountId: query.accountId, after, limit: query.limit + 1 });
  return ok(toPage(rows, query.limit, (last) => makeCursor(last.startedAt.toString(), last.id)));
}
