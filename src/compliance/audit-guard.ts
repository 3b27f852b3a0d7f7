import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';

/** The role that the program is connected as, and whether the database keeps it from the log. */
export interface DatabaseRole {
  readonly name: string;
  readonly mayChange: boolean;
}

/** Whoever owns a table, or may become its owner, can take its triggers away; whoever has these rights needs only a way around them. */
export async function readDatabaseRole(db: Db | Tx): Promise<DatabaseRole> {
  const { rows } = await sql<DatabaseRole>`
    select session_user as name, bool_or(pg_has_role(session_user, relowner, 'member')
      or has_table_privilege(session_user, oid, 'update, delete, truncate, trigger')) as may_change
    from pg_class where oid in ('audit_entry'::regclass, 'audit_seal'::regclass)`.execute(db);
  const [role] = rows;
  if (role === undefined) throw new Error('the tables of the audit log are gone');
  return role;
}

export const roleSentence = ({ name, mayChange }: DatabaseRole): string =>
  mayChange
    ? `The program's database role, ${name}, could change the log. Run the program as one that cannot: docs/guides/database-roles.md.`
    : `The program's database role, ${name}, can add to the log and change nothing in it.`;
