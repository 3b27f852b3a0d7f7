import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import { type Allowance, type Budget, freshBudget } from './decide-budget.ts';
import type { ValidatorFailure } from './number-validator.ts';

interface BudgetRow {
  readonly month: string;
  readonly asked: number;
  readonly tokens: number;
  readonly filledAt: Instant;
  readonly failures: number;
  readonly blockedUntil: Instant | null;
  readonly blockedKind: ValidatorFailure['kind'] | null;
  readonly blockedMessage: string | null;
}

const COLUMNS = sql`month, asked, tokens, filled_at, failures, blocked_until, blocked_kind, blocked_message`;

/** The budget, made when it is the first time, and locked until the transaction ends. Primary key. */
export async function lockBudget(
  tx: Tx,
  query: { readonly validator: string; readonly allowance: Allowance; readonly now: Instant },
): Promise<Budget> {
  const { validator, allowance, now } = query;
  const { month, asked, tokens } = freshBudget(allowance, now);
  await sql`
    insert into validator_budget (validator, month, asked, tokens, filled_at, failures)
    values (${validator}, ${month}::date, ${asked}, ${tokens}, ${now}, 0) on conflict do nothing`.execute(tx);
  const { rows } = await sql<BudgetRow>`
    select ${COLUMNS} from validator_budget where validator = ${validator} for update`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error(`budget of ${validator}: the row that was just made is gone`);
  return budgetOf(row);
}

export async function getBudget(db: Db | Tx, validator: string): Promise<Budget | undefined> {
  const { rows } = await sql<BudgetRow>`
    select ${COLUMNS} from validator_budget where validator = ${validator}`.execute(db);
  return rows[0] === undefined ? undefined : budgetOf(rows[0]);
}

/** Written by whoever has locked it. */
export async function putBudget(tx: Tx, validator: string, budget: Budget): Promise<void> {
  const { month, asked, tokens, filledAt, failures, block } = budget;
  await sql`
    update validator_budget set month = ${month}::date, asked = ${asked}, tokens = ${tokens}, filled_at = ${filledAt},
      failures = ${failures}, blocked_until = ${block?.until ?? null}, blocked_kind = ${block?.kind ?? null},
      blocked_message = ${block?.message ?? null}
    where validator = ${validator}`.execute(tx);
}

/** With another key or plan the service may answer otherwise. */
export async function unblock(tx: Tx, validator: string): Promise<void> {
  await sql`
    update validator_budget set failures = 0, blocked_until = null, blocked_kind = null, blocked_message = null
    where validator = ${validator}`.execute(tx);
}

function budgetOf({ blockedUntil, blockedKind, blockedMessage, ...row }: BudgetRow): Budget {
  const block =
    blockedUntil === null || blockedKind === null || blockedMessage === null
      ? null
      : { until: blockedUntil, kind: blockedKind, message: blockedMessage };
  return { ...row, block };
}
