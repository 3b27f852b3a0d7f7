import { sql } from 'kysely';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import { getSetting, putSetting } from './business-store.ts';

const KEY = 'public_address';
type Stored = { readonly version: 1; readonly url: string };

/**
 * Whoever serves pages writes down under which address people reach them, for whoever writes texts: links in those lead there. Without an
 * address there are no links.
 */
export const keepPublicAddress = (db: Db, url: string | undefined, now: Instant): Promise<void> =>
  runTx(db, async (tx) => {
    const kept = await getSetting<Stored>(tx, KEY);
    if (kept?.url === url) return;
    if (url === undefined) await sql`delete from setting where key = ${KEY}`.execute(tx);
    else await putSetting(tx, { key: KEY, value: { version: 1, url } satisfies Stored, now });
  });

/** What opt-out links begin with; null without an address. */
export const linkBaseSql = sql<
  string | null
>`(select (value ->> 'url') || '/u/' from setting where key = ${sql.lit(KEY)})`;

/** Of as many characters as every token (compliance/link-token.ts), for looks at a text that is not sent. */
export const SAMPLE_TOKEN = 'x'.repeat(22);

export async function sampleLink(db: Db | Tx): Promise<string | null> {
  const { rows } = await sql<{ base: string | null }>`select ${linkBaseSql} as base`.execute(db);
  const base = rows[0]?.base ?? null;
  return base === null ? null : `${base}${SAMPLE_TOKEN}`;
}
