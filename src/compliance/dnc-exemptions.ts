import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { addMs, DAY_MS, type Instant, isBefore } from '../platform/time.ts';
import { recordAudit } from './audit-store.ts';
import { type DncKind, dncRulesAt, type ExemptionKind, relationshipEnd } from './dnc-rules.ts';
import type { DncDeps } from './upload-dnc.ts';

/** Why somebody may be texted who is on the list of a registry. Lists that the business keeps itself know no exemption. */
export interface DncExemption {
  readonly id: Uuid;
  readonly phone: string;
  readonly kind: ExemptionKind;
  readonly reason: string;
  readonly validFrom: Instant;
  readonly validUntil: Instant;
  /** The rules that its end was computed by. */
  readonly ruleVersion: string;
  readonly recordedBy: string;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
}

export interface NewExemption {
  readonly phone: string;
  readonly reason: string;
  /** When the purchase or inquiry was, which says how long it counts; of another reason, how long it is to count. */
  readonly basis:
    | { readonly kind: 'purchase' | 'inquiry'; readonly happenedAt: Instant }
    | { readonly kind: 'other'; readonly until: Instant };
  readonly by: { readonly actor: string; readonly name: string };
}

const EXEMPTION = sql`id, phone, kind, reason, valid_from, valid_until, rule_version, recorded_by, created_at, ended_at`;
const OTHER_DAYS_MAX = 366;

export async function recordExemption(
  tx: Tx,
  { clock, newUuid }: Pick<DncDeps, 'clock' | 'newUuid'>,
  { phone, reason, basis, by }: NewExemption,
): Promise<Outcome<DncExemption>> {
  const now = clock.now();
  const from = basis.kind === 'other' ? now : basis.happenedAt;
  const until = basis.kind === 'other' ? basis.until : relationshipEnd(basis.kind, basis.happenedAt);
  if (isBefore(now, from)) return invalid(`the ${basis.kind} of ${from.toString()} is in the future; give when it was`);
  if (!isBefore(now, until))
    return invalid(`this exemption ended on ${until.toString().slice(0, 10)} already; ask for consent in writing`);
  if (basis.kind === 'other' && isBefore(addMs(now, OTHER_DAYS_MAX * DAY_MS), until))
    return invalid(`an exemption lasts at most ${OTHER_DAYS_MAX} days; give an earlier end and look at it again then`);
  const id = newUuid();
  const ruleVersion = dncRulesAt(from).version;
  const { rows } = await sql<DncExemption>`
    insert into dnc_exemption (id, phone, kind, reason, valid_from, valid_until, rule_version, actor, recorded_by, created_at)
    values (${id}, ${phone}, ${basis.kind}, ${reason}, ${from}, ${until}, ${ruleVersion}, ${by.actor}, ${by.name}, ${now})
    returning ${EXEMPTION}`.execute(tx);
  const [made] = rows;
  if (made === undefined) throw new Error(`exemption ${id} was not written`);
  await recordAudit(tx, {
    id: newUuid(),
    at: now,
    actor: by.actor,
    action: 'dnc_exemption.recorded',
    subject: showId('dncExemption', id),
    phone,
    detail: { kind: basis.kind, reason, from, until, ruleVersion },
  });
  return ok(made);
}

export async function endExemption(
  tx: Tx,
  { clock, newUuid }: Pick<DncDeps, 'clock' | 'newUuid'>,
  input: { readonly id: Uuid; readonly by: NewExemption['by'] },
): Promise<Outcome<DncExemption>> {
  const now = clock.now();
  const { rows } = await sql<DncExemption>`
    update dnc_exemption set ended_at = coalesce(ended_at, ${now}) where id = ${input.id} returning ${EXEMPTION}`.execute(
    tx,
  );
  const [ended] = rows;
  const subject = showId('dncExemption', input.id);
  if (ended === undefined) return notFound('exemption', subject);
  const { phone, reason } = ended;
  await recordAudit(tx, {
    id: newUuid(),
    at: now,
    actor: input.by.actor,
    action: 'dnc_exemption.ended',
    subject,
    phone,
    detail: { reason },
  });
  return ok(ended);
}

export interface ScrubbedNumber {
  readonly service: string;
  readonly checkedAt: Instant;
  /** In the service's own words; empty: on no list. */
  readonly codes: string;
}

export interface DncStanding {
  readonly listedOn: readonly {
    readonly id: Uuid;
    readonly name: string;
    readonly kind: DncKind;
    readonly asOf: Instant;
  }[];
  /** What services said of it last. */
  readonly scrubbed: readonly ScrubbedNumber[];
  /** Newest first, also those that are over. */
  readonly exemptions: readonly DncExemption[];
}

/** On which lists a number (`+1` and ten digits) is. Primary keys of dnc_block and scrubbed_number, index dnc_exemption_phone. */
export async function checkNumber(db: Db | Tx, phone: string): Promise<DncStanding> {
  const listed = await sql<DncStanding['listedOn'][number]>`
    select l.id, l.name, l.kind, l.as_of from dnc_list l
    join dnc_block b on b.set_id = l.set_id and b.block = substr(${phone}::text, 3, 6)::int
    where l.retired_at is null and get_bit(b.bits, substr(${phone}::text, 9, 4)::int) = 1 order by l.kind, l.name`.execute(
    db,
  );
  const scrubbed = await sql<ScrubbedNumber>`
    select service, checked_at, codes from scrubbed_number where phone = ${phone} order by checked_at desc`.execute(db);
  const exemptions = await sql<DncExemption>`
    select ${EXEMPTION} from dnc_exemption where phone = ${phone} order by valid_until desc, id limit 100`.execute(db);
  return { listedOn: listed.rows, scrubbed: scrubbed.rows, exemptions: exemptions.rows };
}
