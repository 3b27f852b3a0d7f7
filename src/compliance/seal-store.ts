import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import { type AuditContent, type AuditSeal, CHAIN_BEGIN, type ChainHead, type SealedEntry } from './audit-chain.ts';

/** Any fixed number: it names the lock of the one who seals. */
const SEAL_LOCK = 7_402_119;

/** Until the end of the transaction; false while another process seals. */
export async function tryLockSealing(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_xact_lock(${SEAL_LOCK}) as locked`.execute(tx);
  return rows[0]?.locked === true;
}

/** As the chain writes instants: `to_char` keeps the six decimals that PostgreSQL stores. */
export const chainTime = (at: Instant): string => at.toString({ fractionalSecondDigits: 6 });
export const chainTimeOf = (column: string) =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Over `audit_entry a`: the fields of `AuditContent`. */
export const contentOf = sql`a.id, ${chainTimeOf('a.at')} as at, a.actor, a.action, a.subject, a.phone, a.detail`;

/** Primary key, read from its end. */
export async function readHead(db: Db | Tx): Promise<ChainHead & { readonly sealedAt: Instant | null }> {
  const { rows } = await sql<{ seq: number; hash: string; sealedAt: Instant }>`
    select seq, hash, sealed_at from audit_seal order by seq desc limit 1`.execute(db);
  return rows[0] ?? { ...CHAIN_BEGIN, sealedAt: null };
}

/** Committed entries without a seal, the oldest first. Primary keys of both tables. */
export async function listUnsealed(tx: Tx, limit: number): Promise<readonly AuditContent[]> {
  const { rows } = await sql<AuditContent>`
    select ${contentOf} from (select entry_id from audit_unsealed order by entry_id limit ${limit}) u
    join audit_entry a on a.id = u.entry_id order by a.id`.execute(tx);
  return rows;
}

export async function appendSeals(tx: Tx, seals: readonly AuditSeal[]): Promise<void> {
  const column = <K extends keyof AuditSeal>(name: K): readonly AuditSeal[K][] => seals.map((seal) => seal[name]);
  await sql`
    with sealed as (
      insert into audit_seal (seq, entry_id, sealed_at, digest, hash)
      select * from unnest(${column('seq')}::bigint[], ${column('entryId')}::uuid[], ${column('sealedAt')}::timestamptz[],
        ${column('digest')}::text[], ${column('hash')}::text[]) returning entry_id
    )
    delete from audit_unsealed where entry_id in (select entry_id from sealed)`.execute(tx);
}

/** Seals behind `after` with what they seal, in their order. Primary keys of both tables. */
export async function listSealed(
  db: Db | Tx,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly SealedEntry[]> {
  const { rows } = await sql<Partial<AuditContent> & AuditSeal>`
    select s.seq, s.entry_id, ${chainTimeOf('s.sealed_at')} as sealed_at, s.digest, s.hash, ${contentOf}
    from (select * from audit_seal where seq > ${after} order by seq limit ${limit}) s
    left join audit_entry a on a.id = s.entry_id order by s.seq`.execute(db);
  return rows.map(({ seq, entryId, sealedAt, digest, hash, id, ...content }) => ({
    seal: { seq, entryId, sealedAt, digest, hash },
    entry: id === null ? null : ({ id, ...content } as AuditContent),
  }));
}

/** Those of these entries that are of this kind, with whom they are about; their seals are verified with all others. Primary key. */
export async function listErasures(
  db: Db | Tx,
  ids: readonly string[],
  action: string,
): Promise<readonly { readonly id: string; readonly phone: string | null }[]> {
  const { rows } = await sql<{ id: string; phone: string | null }>`
    select id, phone from audit_entry where id = any(${ids}::uuid[]) and action = ${action}`.execute(db);
  return rows;
}

export interface Unsealed {
  readonly waiting: number;
  /** Of those, written before the given instant. */
  readonly overdue: number;
}

/** The queue is short: what was written in the last second. */
export async function countUnsealed(db: Db | Tx, overdueBefore: Instant): Promise<Unsealed> {
  const { rows } = await sql<Unsealed>`
    select count(*) as waiting, count(*) filter (where a.at < ${overdueBefore}) as overdue
    from audit_unsealed u join audit_entry a on a.id = u.entry_id`.execute(db);
  return rows[0] ?? { waiting: 0, overdue: 0 };
}

/** When the oldest entry was written that should have its seal by now; null without one. */
export async function readOverdueSince(db: Db | Tx, overdueBefore: Instant): Promise<Instant | null> {
  const { rows } = await sql<{ since: Instant | null }>`
    select min(a.at) as since from audit_unsealed u join audit_entry a on a.id = u.entry_id where a.at < ${overdueBefore}`.execute(
    db,
  );
  return rows[0]?.since ?? null;
}

/** Whoever goes around the triggers leaves entries that neither are sealed nor wait for it. Reads both tables whole. */
export async function findStray(tx: Tx): Promise<{ readonly count: number; readonly first: AuditContent } | undefined> {
  const { rows } = await sql<AuditContent & { readonly strays: number }>`
    select ${contentOf}, count(*) over () as strays from audit_entry a
    where not exists (select from audit_seal s where s.entry_id = a.id)
      and not exists (select from audit_unsealed u where u.entry_id = a.id)
    order by a.id limit 1`.execute(tx);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { strays, ...first } = row;
  return { count: strays, first };
}
