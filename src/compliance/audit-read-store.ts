import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

export interface AuditFilter {
  readonly id?: Uuid | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  readonly phone?: string | undefined;
  /** At or after this. */
  readonly from?: Instant | undefined;
  /** Before this. */
  readonly until?: Instant | undefined;
}

export interface ListedAudit {
  readonly id: Uuid;
  readonly at: Instant;
  readonly actor: string;
  /** Of the member or the key; `null` for whoever else acts. */
  readonly actorName: string | null;
  readonly action: string;
  readonly subject: string;
  readonly phone: string | null;
  readonly detail: object;
  /** `null` until it is sealed. */
  readonly seq: number | null;
  readonly hash: string | null;
}

/** The id of a member or a key inside `user:usr_...` and `api_key:key_...`. */
const idIn = (kind: 'user' | 'api_key', prefix: string) =>
  sql`case when a.actor ~ ${`^${kind}:${prefix}_[0-9a-f]{32}$`} then right(a.actor, 32)::uuid end`;

/**
 * Newest first. The primary key, and indexes audit_entry_actor, audit_entry_action, audit_entry_subject, audit_entry_phone and, without a filter,
 * audit_entry_newest.
 */
export async function listAuditRows(
  db: Db | Tx,
  {
    filter,
    before,
    limit,
  }: {
    readonly filter: AuditFilter;
    readonly before: { readonly at: string; readonly id: string } | undefined;
    readonly limit: number;
  },
): Promise<readonly ListedAudit[]> {
  const { id, actor, action, subject, phone, from, until } = filter;
  const asked: readonly (RawBuilder<unknown> | undefined)[] = [
    id === undefined ? undefined : sql`a.id = ${id}`,
    actor === undefined ? undefined : sql`a.actor = ${actor}`,
    action === undefined ? undefined : sql`a.action = ${action}`,
    subject === undefined ? undefined : sql`a.subject = ${subject}`,
    phone === undefined ? undefined : sql`a.phone = ${phone}`,
    from === undefined ? undefined : sql`a.at >= ${from}`,
    until === undefined ? undefined : sql`a.at < ${until}`,
    before === undefined ? undefined : sql`(a.at, a.id) < (${before.at}::timestamptz, ${before.id}::uuid)`,
  ];
  const conditions = [sql`true`, ...asked.filter((one) => one !== undefined)];
  const { rows } = await sql<ListedAudit>`
    select a.*, s.seq, s.hash,
      coalesce((select name from auth_user where id = ${idIn('user', 'usr')}), (select name from api_key where id = ${idIn('api_key', 'key')})) as actor_name
    from (select * from audit_entry a where ${sql.join(conditions, sql` and `)} order by a.at desc, a.id desc limit ${limit}) a
    left join audit_seal s on s.entry_id = a.id order by a.at desc, a.id desc`.execute(db);
  return rows;
}

/** Each kind that there is, found by jumping from one to the next along audit_entry_action. */
export async function listAuditActions(db: Db | Tx): Promise<readonly string[]> {
  const { rows } = await sql<{ action: string }>`
    with recursive kinds as (
      (select action from audit_entry order by action limit 1)
      union all
      select (select a.action from audit_entry a where a.action > k.action order by a.action limit 1) from kinds k where k.action is not null
    )
    select action from kinds where action is not null order by action`.execute(db);
  return rows.map((row) => row.action);
}
