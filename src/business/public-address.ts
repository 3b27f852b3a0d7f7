import { type RawBuilder, sql } from 'kysely';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import { getSetting, putSetting } from './business-store.ts';

export const PUBLIC_ADDRESS_SETTING = 'public_address';
type Stored = { readonly version: 1; readonly url: string };

/**
 * Whoever serves pages writes down under which address people reach them, for whoever writes texts: links in those lead there. Without an
 * address there are no links.
 */
export const keepPublicAddress = (db: Db, url: string | undefined, now: Instant): Promise<void> =>
  runTx(db, async (tx) => {
    const kept = await getSetting<Stored>(tx, PUBLIC_ADDRESS_SETTING);
    if (kept?.url === url) return;
    if (url === undefined) await sql`delete from setting where key = ${PUBLIC_ADDRESS_SETTING}`.execute(tx);
    else await putSetting(tx, { key: PUBLIC_ADDRESS_SETTING, value: { version: 1, url } satisfies Stored, now });
  });

export const getPublicAddress = async (db: Db): Promise<string | undefined> =>
  (await getSetting<Stored>(db, PUBLIC_ADDRESS_SETTING))?.url;

/** What opt-out links begin with, over the value of the setting; null without one. */
export const linkBaseIn = (value: RawBuilder<unknown>): RawBuilder<string | null> =>
  sql<string | null>`(${value} ->> 'url') || '/u/'`;

/** The same; null without an address. */
export const linkBaseSql = sql<
  string | null
>`(select ${linkBaseIn(sql`value`)} from setting where key = ${sql.lit(PUBLIC_ADDRESS_SETTING)})`;

/** Of as many characters as every token (compliance/link-token.ts), for looks at a text that is not sent. */
export const SAMPLE_TOKEN = 'x'.repeat(22);

export async function sampleLink(db: Db | Tx): Promise<string | null> {
  const { rows } = await sql<{ base: string | null }>`select ${linkBaseSql} as base`.execute(db);
  const base = rows[0]?.base ?? null;
  return base === null ? null : `${base}${SAMPLE_TOKEN}`;
}
