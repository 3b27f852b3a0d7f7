import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

interface Due {
  readonly erasureId: Uuid;
  readonly numberKey: string;
  readonly record: 'consents' | 'texts';
}

/**
 * Takes the keyed hash off what was kept of erased people for as long as the law asks: what is left counts, and is nobody's any more.
 * A person who was erased again since is forgotten with their last erasure. Returns how many records were forgotten.
 */
export async function forgetErased(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  { limit }: { readonly limit: number },
): Promise<number> {
  const now = clock.now();
  return runTx(db, async (tx) => {
    const due = await listDue(tx, { now, limit });
    for (const one of due) await forget(tx, one, now);
    return due.length;
  });
}

/** Index erasure_record_due. */
async function listDue(
  tx: Tx,
  { now, limit }: { readonly now: Instant; readonly limit: number },
): Promise<readonly Due[]> {
  const { rows } = await sql<Due>`
    select r.erasure_id, e.number_key, r.record from erasure_record r join erasure e on e.id = r.erasure_id
    where r.forgotten_at is null and r.keep_until <= ${now} and not exists (
      select from erasure_record x join erasure y on y.id = x.erasure_id
      where y.number_key = e.number_key and x.record = r.record and x.keep_until > ${now})
    order by r.keep_until limit ${limit} for update of r skip locked`.execute(tx);
  return rows;
}

/** Index message_phone. */
async function forget(tx: Tx, { erasureId, numberKey, record }: Due, now: Instant): Promise<void> {
  if (record === 'consents') await sql`select forget_consents(${numberKey}, ${now})`.execute(tx);
  else
    await sql`
      update message set phone = 'erased', body_digest = null, decision = null, consent_event_id = null
      where phone = ${numberKey}`.execute(tx);
  await sql`
    update erasure_record set forgotten_at = ${now} where erasure_id = ${erasureId} and record = ${record}`.execute(tx);
}
