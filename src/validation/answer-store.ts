import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import type { LineType, NumberFacts, ValidatorName } from './number-validator.ts';

/** The newest answer about one number. */
export interface StoredAnswer extends Omit<NumberFacts, 'raw'> {
  readonly phone: string;
  readonly lineType: LineType;
  readonly validator: ValidatorName;
  readonly checkedAt: Instant;
}

/** Primary key. */
export async function getAnswer(db: Db | Tx, phone: string): Promise<StoredAnswer | undefined> {
  const { rows } = await sql<StoredAnswer>`
    select phone, valid, line_type, carrier, country, validator, checked_at from number_validation where phone = ${phone}`.execute(
    db,
  );
  return rows[0];
}

/** Of two that come together the newer one stays. */
export async function putAnswer(
  tx: Tx,
  answer: NumberFacts & { readonly phone: string; readonly validator: ValidatorName; readonly checkedAt: Instant },
): Promise<void> {
  const { phone, valid, lineType, carrier, country, validator, checkedAt, raw } = answer;
  await sql`
    insert into number_validation as known (phone, valid, line_type, carrier, country, validator, checked_at, raw)
    values (${phone}, ${valid}, ${lineType}, ${carrier}, ${country}, ${validator}, ${checkedAt}, ${JSON.stringify(raw)}::jsonb)
    on conflict (phone) do update set valid = excluded.valid, line_type = excluded.line_type, carrier = excluded.carrier,
      country = excluded.country, validator = excluded.validator, checked_at = excluded.checked_at, raw = excluded.raw
      where known.checked_at <= excluded.checked_at`.execute(tx);
}
