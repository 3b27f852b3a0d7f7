import { sql } from 'kysely';
import { UNNAMED_BUSINESS } from '../business/business.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import {
  CONSENT_PURPOSES,
  type ConsentAction,
  type ConsentFact,
  type ConsentKind,
  type ConsentPurpose,
  type ConsentStanding,
} from './consent.ts';
import type { ConsentEvent, ConsentEvidence, ConsentWording } from './consent-evidence.ts';

/** One event as it is written. */
export interface NewConsentEvent {
  readonly id: Uuid;
  readonly phone: string;
  readonly action: ConsentAction;
  readonly purpose: ConsentPurpose | 'all';
  readonly kind: ConsentKind | null;
  readonly evidence: ConsentEvidence;
  readonly documented: boolean;
  readonly wording: ConsentWording | null;
  readonly confirmUntil: Instant | null;
  readonly validUntil: Instant | null;
  readonly actor: string;
  readonly recordedBy: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
}

export type PurposeStandings = Readonly<Record<ConsentPurpose, ConsentStanding>>;

/** All events of a number: as many as a person gives and takes back. Index consent_event_phone. */
export async function readConsentFacts(db: Db | Tx, phone: string): Promise<readonly ConsentFact[]> {
  return (await listConsentFacts(db, [phone])).get(phone) ?? [];
}

/** Over `consent_event`. It was 72 hours before there was a setting. */
const confirmUntil = sql`case when needs_confirmation then coalesce(confirm_until, occurred_at + interval '72 hours') end`;

/** The same of several numbers. */
export async function listConsentFacts(
  db: Db | Tx,
  phones: readonly string[],
): Promise<ReadonlyMap<string, readonly ConsentFact[]>> {
  const { rows } = await sql<ConsentFact & { readonly phone: string }>`
    select phone, id, action, purpose, kind, source, documented, ${confirmUntil} as confirm_until, valid_until, occurred_at
    from consent_event where phone = any(${phones}::text[])`.execute(db);
  return Map.groupBy(rows, ({ phone }) => phone);
}

/** Adds the event, given to the business as it is called now, and writes what the number's events come to with it. The number is locked. */
export async function insertConsentEvent(tx: Tx, event: NewConsentEvent, standings: PurposeStandings): Promise<void> {
  const { wording } = event;
  const { source, ...evidence } = event.evidence;
  const text = wording?.text ?? null;
  const rows = CONSENT_PURPOSES.map((purpose) => ({ purpose, ...standings[purpose] }));
  const inForce = rows.map((row) => row.inForce);
  await sql`
    with worded as (
      insert into consent_wording (digest, wording)
      select encode(sha256(convert_to(${text}::text, 'UTF8')), 'hex'), ${text}::text where ${text}::text is not null
      on conflict do nothing
    ), added as (
      insert into consent_event (id, phone, seller, action, purpose, kind, source, documented, wording_digest, wording_version, language,
        evidence, needs_confirmation, confirm_until, valid_until, actor, recorded_by, occurred_at, recorded_at)
      values (${event.id}, ${event.phone},
        coalesce((select value ->> 'name' from setting where key = 'business'), ${UNNAMED_BUSINESS.name}), ${event.action}, ${event.purpose}, ${event.kind}, ${source},
        ${event.documented}, encode(sha256(convert_to(${text}::text, 'UTF8')), 'hex'), ${wording?.version ?? null}, ${wording?.language ?? null},
        ${JSON.stringify(evidence)}, ${event.confirmUntil !== null}, ${event.confirmUntil}, ${event.validUntil}, ${event.actor}, ${event.recordedBy},
        ${event.occurredAt}, ${event.recordedAt})
    )
    insert into consent (phone, purpose, state, since, confirm_until, consent_event_id, kind, valid_from, valid_until)
    select ${event.phone}, x.* from unnest(${rows.map((row) => row.purpose)}::text[], ${rows.map((row) => row.state)}::text[],
      ${rows.map((row) => textOf(row.since))}::timestamptz[], ${rows.map((row) => textOf(row.asked?.confirmUntil))}::timestamptz[],
      ${inForce.map((it) => it?.eventId ?? null)}::uuid[], ${inForce.map((it) => it?.kind ?? null)}::text[],
      ${inForce.map((it) => textOf(it?.from))}::timestamptz[], ${inForce.map((it) => textOf(it?.until))}::timestamptz[]) as x
    on conflict (phone, purpose) do update set state = excluded.state, since = excluded.since, confirm_until = excluded.confirm_until,
      consent_event_id = excluded.consent_event_id, kind = excluded.kind, valid_from = excluded.valid_from, valid_until = excluded.valid_until`.execute(
    tx,
  );
}

const textOf = (at: Instant | null | undefined): string | null => at?.toString() ?? null;

/** Over `consent_event v` and its `consent_wording w`. */
export const EVENT_COLUMNS = sql`v.id, v.action, v.purpose, v.kind, v.source, v.documented, v.seller, w.wording, v.wording_version, v.language,
  v.evidence, v.needs_confirmation, v.valid_until, v.recorded_by, v.occurred_at, v.recorded_at`;

/** Newest first, by when they happened. Index consent_event_phone. */
export async function listConsentEvents(
  db: Db | Tx,
  query: {
    readonly phone: string;
    readonly after: { readonly occurredAt: string; readonly id: string } | undefined;
    readonly limit: number;
  },
): Promise<readonly ConsentEvent[]> {
  const { phone, after, limit } = query;
  const { rows } = await sql<ConsentEvent>`
    select ${EVENT_COLUMNS} from consent_event v left join consent_wording w on w.digest = v.wording_digest
    where v.phone = ${phone}
      ${after === undefined ? sql`` : sql`and (v.occurred_at, v.id) < (${after.occurredAt}::timestamptz, ${after.id}::uuid)`}
    order by v.occurred_at desc, v.id desc limit ${limit}`.execute(db);
  return rows;
}

export const readConsentEvent = async (db: Db | Tx, id: Uuid): Promise<ConsentEvent | undefined> =>
  (await readConsentEvents(db, [id]))[0];

/** Primary key. */
export async function readConsentEvents(db: Db | Tx, ids: readonly Uuid[]): Promise<readonly ConsentEvent[]> {
  const { rows } = await sql<ConsentEvent>`
    select ${EVENT_COLUMNS} from consent_event v left join consent_wording w on w.digest = v.wording_digest
    where v.id = any(${ids}::uuid[])`.execute(db);
  return rows;
}
