import { type RawBuilder, sql } from 'kysely';
import type { NumberHolder } from '../contacts/contact.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/**
 * Providers keep opt-outs of their own and offer no list of them: what they know shows when they refuse a text for it, or report so. Each
 * such number is compared with what we knew then.
 */
export interface ProviderOptOut extends NumberHolder {
  readonly id: Uuid;
  readonly phone: string;
  /** Of the account that refused; null for what was recorded before accounts were kept with it. */
  readonly account: string | null;
  readonly accountName: string | null;
  readonly code: string | null;
  readonly refusedAt: Instant;
  /** Our own opt-out that was in force then. */
  readonly knownSince: Instant | null;
  /** The person's START here, after the opt-out of before. */
  readonly optedInAt: Instant | null;
  /** The last text of the person that we took in before. */
  readonly lastSaid: string | null;
  readonly lastSaidAt: Instant | null;
  readonly liftedAt: Instant | null;
}

export type Difference = 'none' | 'opted_in_here' | 'not_understood' | 'never_heard';

const OURS = sql`('opt_out', 'wrong_number')`;

/** Over `suppression s` of a provider: nothing of ours forbade the text, so that they said no and we said yes. Index suppression_history. */
export const unheardSql: RawBuilder<boolean> = sql<boolean>`not exists (
  select from suppression o where o.phone = s.phone and o.reason in ${OURS} and o.created_at <= s.created_at
    and (o.lifted_at is null or o.lifted_at >= s.created_at))`;

/** Of those since then, the ones of which we knew nothing. Index suppression_of_provider. */
export async function countUnheard(db: Db | Tx, since: Instant): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from suppression s
    where s.reason = 'provider_opt_out' and s.created_at >= ${since} and ${unheardSql}`.execute(db);
  return rows[0]?.count ?? 0;
}

export interface ProviderOptOutQuery {
  /** Only those of which we knew nothing, or only those that we knew too. */
  readonly unheard: boolean | undefined;
  readonly after: { readonly at: string; readonly id: Uuid } | undefined;
  readonly limit: number;
}

/** The newest first. Indexes suppression_of_provider, suppression_history and message_phone. */
export async function listProviderOptOuts(
  db: Db | Tx,
  { unheard, after, limit }: ProviderOptOutQuery,
): Promise<readonly ProviderOptOut[]> {
  const asked = unheard === undefined ? sql`true` : sql`${unheardSql} = ${unheard}`;
  const behind =
    after === undefined ? sql`true` : sql`(s.created_at, s.id) < (${after.at}::timestamptz, ${after.id}::uuid)`;
  const { rows } = await sql<ProviderOptOut>`
    select s.id, s.phone, c.id as contact_id, c.first_name, c.last_name, c.company,
      s.evidence ->> 'account' as account, a.name as account_name, s.evidence ->> 'code' as code, s.created_at as refused_at, s.lifted_at,
      (select min(o.created_at) from suppression o where o.phone = s.phone and o.reason in ${OURS} and o.created_at <= s.created_at
        and (o.lifted_at is null or o.lifted_at >= s.created_at)) as known_since,
      (select max(o.lifted_at) from suppression o where o.phone = s.phone and o.lifted_at < s.created_at) as opted_in_at,
      said.body as last_said, said.created_at as last_said_at
    from suppression s
    left join contact c on c.phone = s.phone
    left join gateway_account a on 'acc_' || replace(a.id::text, '-', '') = s.evidence ->> 'account'
    left join lateral (
      select body, created_at from message m where m.phone = s.phone and m.direction = 'inbound' and m.created_at <= s.created_at
      order by m.created_at desc limit 1) said on true
    where s.reason = 'provider_opt_out' and ${asked} and ${behind}
    order by s.created_at desc, s.id desc limit ${limit}`.execute(db);
  return rows;
}

export function differenceOf({
  knownSince,
  optedInAt,
  lastSaid,
}: Pick<ProviderOptOut, 'knownSince' | 'optedInAt' | 'lastSaid'>): Difference {
  if (knownSince !== null) return 'none';
  if (optedInAt !== null) return 'opted_in_here';
  return lastSaid === null ? 'never_heard' : 'not_understood';
}

/** How it came that they say no and we said yes, and what to do. */
export const DIFFERENCE_SENTENCES: Readonly<Record<Difference, string>> = {
  none: 'We knew it too: the text was on its way already, or had been begun elsewhere',
  opted_in_here:
    'The person opted in again by a text to us that the provider did not take for one. Ask them to text START to the number that wrote to them',
  not_understood:
    'The person wrote to us, and nothing of it was taken for an opt-out. Read the last text; a STOP after it never reached us',
  never_heard:
    'No text of the person ever reached us. The STOP came before the account was connected, or its event was lost: see whether events come in',
};
