import { type RawBuilder, sql } from 'kysely';
import { CHAIN_BEGIN } from '../compliance/audit-chain.ts';
import { chainTimeOf, contentOf, readHead } from '../compliance/seal-store.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { ChainLink, ChainProof, ProvenEntry } from './chain-proof.ts';

/** More links than these would make a file that nobody opens. */
const LINKS_MAX = 20_000;

export interface AboutWhat {
  readonly phones?: readonly string[];
  readonly subject?: string;
}

/** Entries about these numbers or this subject, oldest first, and what ties them to the head. Indexes audit_entry_phone and audit_entry_subject. */
export async function readProof(db: Db | Tx, about: AboutWhat, limit: number): Promise<ChainProof> {
  const chosen: RawBuilder<unknown> =
    about.subject === undefined ? sql`a.phone = any(${about.phones ?? []}::text[])` : sql`a.subject = ${about.subject}`;
  const { rows } = await sql<ProvenEntry | (Omit<ProvenEntry, 'seq'> & { seq: null })>`
    select ${contentOf}, s.seq, s.digest, s.hash from (
      select * from audit_entry a where ${chosen} order by a.at desc, a.id desc limit ${limit}) a
    left join audit_seal s on s.entry_id = a.id order by s.seq`.execute(db);
  const entries = rows.flatMap((entry) => (entry.seq === null ? [] : [entry]));
  const { seq, hash } = await readHead(db);
  const first = entries[0]?.seq;
  const unsealed = rows.length - entries.length;
  const head = { seq, hash };
  if (first === undefined) return { entries, before: head, links: [], head, linked: true, unsealed };
  const linked = seq - first < LINKS_MAX;
  const before = await readBefore(db, first);
  const links = linked ? await readLinks(db, { after: before.seq, until: seq }) : [];
  return { entries, before, links, head, linked, unsealed };
}

/** Primary key. */
async function readBefore(db: Db | Tx, first: number): Promise<ChainProof['before']> {
  const { rows } = await sql<ChainProof['before']>`select seq, hash from audit_seal where seq = ${first - 1}`.execute(
    db,
  );
  return rows[0] ?? CHAIN_BEGIN;
}

/** Primary key. */
async function readLinks(
  db: Db | Tx,
  { after, until }: { readonly after: number; readonly until: number },
): Promise<readonly ChainLink[]> {
  const { rows } = await sql<ChainLink>`
    select ${chainTimeOf('sealed_at')} as sealed_at, digest from audit_seal where seq > ${after} and seq <= ${until} order by seq`.execute(
    db,
  );
  return rows;
}
