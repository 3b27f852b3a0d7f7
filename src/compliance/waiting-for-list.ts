import { type RawBuilder, sql } from 'kysely';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { HOUR_MS, type Instant } from '../platform/time.ts';
import { coldLackNational, DNC_ELIGIBILITY, isCold, lacksNational, STALE_CODE } from './dnc-eligibility.ts';
import { REGISTRY_KINDS, staleBefore } from './dnc-rules.ts';
import type { EligibilityFacts } from './eligibility-rule.ts';

/** People of running campaigns whom nobody may text until a registry's list is newer. They stay in; a new file lets them go on. */

/** An agreement or an exemption may come before a file does. */
export const LOOK_AGAIN_MS = 6 * HOUR_MS;

/**
 * Over `contact c`, in a claim, and whether this person is let through by an owner's word; nothing is looked at while all lists are new
 * enough, nor is anybody who has agreed as the law asks while there is none of the nation.
 */
export function waitsForListSql(facts: EligibilityFacts, waived: RawBuilder<boolean>): RawBuilder<boolean> {
  const rule = DNC_ELIGIBILITY.find(({ code }) => code === STALE_CODE);
  const waits = rule?.matters?.(facts) ? rule.forbids(facts) : sql<boolean>`false`;
  return lacksNational(facts) && !coldLackNational(facts)
    ? sql<boolean>`case when ${waived} then ${isCold(facts.now)} else ${waits} end`
    : waits;
}

/** In one statement; the lists may be those of one state, and others wait for another one: those are put off again. */
const WOKEN_AT_ONCE = 5_000;

/** After a list has come into force or was retired. Index enrollment_waits_for. Whoever dies on the way leaves some to their next look. */
export async function wakeForList(db: Db, now: Instant): Promise<void> {
  while ((await runTx(db, (tx) => wakeSomeForList(tx, now))) === WOKEN_AT_ONCE);
}

export async function wakeSomeForList(tx: Tx, now: Instant): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    update enrollment set not_before = ${now}, waits_for = null
    where id in (select id from enrollment where waits_for is not null and state = 'pending' limit ${WOKEN_AT_ONCE}
      for no key update skip locked)`.execute(tx);
  if (numAffectedRows > 0n) await notifyLive(tx, ['engine', 'status']);
  return Number(numAffectedRows);
}

export interface ListWait {
  readonly people: number;
  /** There is a list of the nation. */
  readonly hasNational: boolean;
  /** The oldest of the lists that are too old, or one without data. */
  readonly list: { readonly id: Uuid; readonly name: string } | null;
}

const COUNTED_MAX = 100_000;

/** Null when nobody of this campaign waits for a list. Index enrollment_waits_for. */
export async function readListWait(db: Db | Tx, campaignId: Uuid, now: Instant): Promise<ListWait | null> {
  const { rows } = await sql<ListWait>`
    select (select count(*) from (select from enrollment where campaign_id = ${campaignId} and waits_for is not null and state = 'pending'
        limit ${COUNTED_MAX}) e) as people,
      exists (select from dnc_list where retired_at is null and kind = 'national') as has_national,
      (select jsonb_build_object('id', l.id, 'name', l.name) from dnc_list l
        where l.retired_at is null and l.kind = any(${REGISTRY_KINDS}::text[]) and (l.as_of is null or l.as_of < ${staleBefore(now)} or l.service is not null)
        order by l.as_of nulls first, l.name limit 1) as list`.execute(db);
  const [row] = rows;
  return row === undefined || row.people === 0 ? null : row;
}
