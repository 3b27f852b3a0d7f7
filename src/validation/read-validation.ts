import { sql } from 'kysely';
import { readEligibilityFacts } from '../audiences/eligibility-facts.ts';
import { ruleSentence, skipReasonSql } from '../compliance/eligibility.ts';
import type { NumberPolicy } from '../compliance/number-policy.ts';
import { NUMBER_RULES } from '../compliance/number-rules.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { addMs, DAY_MS, type Instant, isBefore } from '../platform/time.ts';
import { getBatch, listBatches, type ValidationBatch } from './batch-store.ts';
import { getBudget } from './budget-store.ts';
import { withoutKeys } from './change-validation-settings.ts';
import { askedInMonth, type Block } from './decide-budget.ts';
import { VALIDATOR_NAMES, type ValidatorName } from './number-validator.ts';
import type { ValidationSettings } from './validation-settings.ts';
import { getValidationSettings } from './validation-settings-store.ts';

/** One service as people see it. */
export interface ValidatorStatus {
  readonly name: ValidatorName;
  readonly keySet: boolean;
  readonly monthlyQuota: number;
  readonly requestsPerSecond: number;
  readonly askedThisMonth: number;
  /** Why it is not asked now. */
  readonly block: Block | null;
}

export interface ValidationStatus extends Omit<ValidationSettings, 'validators'> {
  readonly validators: readonly ValidatorStatus[];
  readonly contacts: number;
  /** Those of whom there is no answer, or only one that is too old. */
  readonly unverifiedContacts: number;
}

export async function readValidation(db: Db, now: Instant): Promise<ValidationStatus> {
  const { validators, ...settings } = withoutKeys(await getValidationSettings(db));
  const shown: ValidatorStatus[] = [];
  for (const name of VALIDATOR_NAMES) {
    const budget = await getBudget(db, name);
    const block = budget?.block ?? null;
    shown.push({
      name,
      ...validators[name],
      askedThisMonth: budget === undefined ? 0 : askedInMonth(budget, now),
      block: block !== null && isBefore(now, block.until) ? block : null,
    });
  }
  return { ...settings, validators: shown, ...(await countContacts(db, addMs(now, -settings.maxAgeDays * DAY_MS))) };
}

/** Reads all contacts. Primary key of number_validation. */
async function countContacts(
  db: Db,
  freshAfter: Instant,
): Promise<{ readonly contacts: number; readonly unverifiedContacts: number }> {
  const { rows } = await sql<{ contacts: number; unverifiedContacts: number }>`
    select count(*) as contacts, count(*) filter (where v.phone is null or v.checked_at <= ${freshAfter}) as unverified_contacts
    from contact c left join number_validation v on v.phone = c.phone`.execute(db);
  return rows[0] ?? { contacts: 0, unverifiedContacts: 0 };
}

/** What a policy about numbers would change, over all contacts. */
export interface PolicyEffect {
  readonly rules: readonly {
    readonly code: string;
    readonly sentence: string;
    /** How many contacts it leaves out now, and how many it would. */
    readonly before: number;
    readonly after: number;
  }[];
  /** Contacts that could be texted by now and no more, and the other way round. */
  readonly newlyLeftOut: number;
  readonly newlyTextable: number;
}

/** Reads all contacts. Primary key of number_validation. */
export async function previewNumberPolicy(db: Db, policy: NumberPolicy, now: Instant): Promise<PolicyEffect> {
  const facts = await readEligibilityFacts(db, now);
  const { rows } = await sql<{ before: string | null; after: string | null; count: number }>`
    select ${skipReasonSql(facts)} as before, ${skipReasonSql({ ...facts, numberPolicy: policy })} as after, count(*) as count
    from contact c group by 1, 2`.execute(db);
  const sumOf = (which: (row: (typeof rows)[number]) => boolean): number =>
    rows.filter(which).reduce((sum, row) => sum + row.count, 0);
  return {
    rules: NUMBER_RULES.map(({ code }) => ({
      code,
      sentence: ruleSentence(code) ?? code,
      before: sumOf((row) => row.before === code),
      after: sumOf((row) => row.after === code),
    })),
    newlyLeftOut: sumOf((row) => row.before === null && row.after !== null),
    newlyTextable: sumOf((row) => row.before !== null && row.after === null),
  };
}

/** Newest first. */
export async function listValidations(
  db: Db | Tx,
  query: { readonly importId: Uuid | undefined; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<ValidationBatch>>> {
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const after = cursor.value === undefined ? undefined : { createdAt: cursor.value[0], id: cursor.value[1] };
  const rows = await listBatches(db, { importId: query.importId, after, limit: query.limit + 1 });
  return ok(toPage(rows, query.limit, (last) => makeCursor(last.createdAt.toString(), last.id)));
}

export async function getValidation(db: Db | Tx, id: Uuid): Promise<Outcome<ValidationBatch>> {
  const batch = await getBatch(db, id);
  return batch === undefined ? notFound('validation', showId('validation', id)) : ok(batch);
}
