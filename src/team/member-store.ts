import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { Member, Role } from './team.ts';

/** The tables are better-auth's; sign-in and sessions go through it, members are made and changed here. */
const columns = sql.raw('id, name, email, role, active, created_at, last_seen_at');

export async function listMembers(db: Db | Tx): Promise<readonly Member[]> {
  const { rows } = await sql<Member>`select ${columns} from auth_user order by created_at, id`.execute(db);
  return rows;
}

export async function getMember(db: Db | Tx, id: Uuid): Promise<Member | undefined> {
  const { rows } = await sql<Member>`select ${columns} from auth_user where id = ${id}`.execute(db);
  return rows[0];
}

/** E-mail addresses are kept in lower case. Index auth_user_email_key. */
export async function findMemberByEmail(db: Db | Tx, email: string): Promise<Member | undefined> {
  const { rows } = await sql<Member>`select ${columns} from auth_user where email = ${email.toLowerCase()}`.execute(db);
  return rows[0];
}

/** Also locks the active owners, so that two changes cannot each leave the other as the last one. */
export async function lockMemberAndOwners(
  tx: Tx,
  id: Uuid,
): Promise<{ readonly member: Member | undefined; readonly activeOwners: number }> {
  const { rows } = await sql<Member>`
    select ${columns} from auth_user where id = ${id} or (role = 'owner' and active) order by id for update`.execute(
    tx,
  );
  return {
    member: rows.find((row) => row.id === id),
    activeOwners: rows.filter((row) => row.role === 'owner' && row.active).length,
  };
}

export async function hasMembers(db: Db | Tx): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`select exists (select from auth_user) as found`.execute(db);
  return rows[0]?.found === true;
}

/** Any fixed number: it names the lock under which the first owner is made. */
const SET_UP_LOCK = 7_402_117;

export async function lockSetUp(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${SET_UP_LOCK})`.execute(tx);
}

/** What better-auth calls the issuer of its own e-mail-and-password accounts. */
const CREDENTIAL_ISSUER = 'local:credential';

export interface NewMember {
  readonly id: Uuid;
  readonly accountRowId: Uuid;
  readonly name: string;
  /** In lower case. */
  readonly email: string;
  readonly role: Role;
  readonly passwordHash: string;
  readonly now: Instant;
}

/** False when somebody with this e-mail address exists. */
export async function insertMember(tx: Tx, member: NewMember): Promise<boolean> {
  const { id, name, email, role, now } = member;
  const { rows } = await sql`
    insert into auth_user (id, name, email, role, created_at, updated_at)
    values (${id}, ${name}, ${email}, ${role}, ${now}, ${now}) on conflict (email) do nothing returning id`.execute(tx);
  if (rows.length === 0) return false;
  await sql`
    insert into auth_account (id, user_id, issuer, account_id, provider_id, password, created_at, updated_at)
    values (${member.accountRowId}, ${id}, ${CREDENTIAL_ISSUER}, ${id}, 'credential', ${member.passwordHash}, ${now}, ${now})`.execute(
    tx,
  );
  return true;
}

export async function updateMemberRow(
  tx: Tx,
  member: Pick<Member, 'id' | 'name' | 'role' | 'active'>,
  now: Instant,
): Promise<void> {
  await sql`
    update auth_user set name = ${member.name}, role = ${member.role}, active = ${member.active}, updated_at = ${now}
    where id = ${member.id}`.execute(tx);
}

/** How many there were. `exceptId` is that of better-auth. */
export async function deleteSessions(tx: Tx, memberId: Uuid, exceptId = ''): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from auth_session where user_id = ${memberId} and id::text <> ${exceptId}`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

export async function getPasswordHash(db: Db | Tx, memberId: Uuid): Promise<string | undefined> {
  const { rows } = await sql<{ password: string | null }>`
    select password from auth_account where user_id = ${memberId} and issuer = ${CREDENTIAL_ISSUER}`.execute(db);
  return rows[0]?.password ?? undefined;
}

/** False when the stored hash is not `expectedHash`, if one is given. */
export async function replacePasswordHash(
  tx: Tx,
  change: {
    readonly memberId: Uuid;
    readonly hash: string;
    readonly now: Instant;
    readonly expectedHash?: string;
  },
): Promise<boolean> {
  const { rows } = await sql`
    update auth_account set password = ${change.hash}, updated_at = ${change.now}
    where user_id = ${change.memberId} and issuer = ${CREDENTIAL_ISSUER}
      and password = coalesce(${change.expectedHash ?? null}, password)
    returning id`.execute(tx);
  return rows.length > 0;
}

export async function noteSeen(
  db: Db,
  seen: { readonly memberId: Uuid; readonly now: Instant; readonly unlessSince: Instant },
): Promise<void> {
  await sql`
    update auth_user set last_seen_at = ${seen.now}
    where id = ${seen.memberId} and (last_seen_at is null or last_seen_at < ${seen.unlessSince})`.execute(db);
}

/** Sessions live in real time (sign-in.ts), so this asks the database's clock. Index auth_session_expiry. */
export async function deleteEndedSessions(db: Db): Promise<void> {
  await sql`delete from auth_session where expires_at < now()`.execute(db);
}
