import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, type Instant, MINUTE_MS } from '../platform/time.ts';
import type { DncKind } from './dnc-rules.ts';
import type { RefusedLine } from './list-lines.ts';

export interface DncList {
  readonly id: Uuid;
  readonly kind: DncKind;
  readonly name: string;
  readonly state: string | null;
  /** That fills it; null: files do. */
  readonly service: string | null;
  /** Of the blocks in force. */
  readonly setId: Uuid | null;
  readonly versionId: Uuid | null;
  readonly asOf: Instant | null;
  readonly numbers: number;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly retiredAt: Instant | null;
}

export interface DncVersion {
  readonly id: Uuid;
  readonly listId: Uuid;
  readonly mode: 'full' | 'changes';
  readonly state: 'reading' | 'in_force' | 'superseded' | 'failed';
  readonly fileName: string;
  readonly asOf: Instant;
  readonly lines: number;
  readonly refused: number;
  readonly refusals: readonly RefusedLine[];
  readonly numbers: number | null;
  readonly error: string | null;
  readonly uploadedBy: string;
  readonly createdAt: Instant;
  readonly inForceFrom: Instant | null;
  readonly inForceUntil: Instant | null;
}

const LIST = sql`id, kind, name, state, service, set_id, version_id, as_of, numbers, created_by, created_at, retired_at`;
const VERSION = sql`id, list_id, mode, state, file_name, as_of, lines, refused, refusals, numbers, error, uploaded_by, created_at,
  in_force_from, in_force_until`;

export async function listDncLists(db: Db | Tx): Promise<readonly DncList[]> {
  const { rows } = await sql<DncList>`select ${LIST} from dnc_list order by retired_at nulls first, kind, name`.execute(
    db,
  );
  return rows;
}

export async function getDncList(db: Db | Tx, id: Uuid): Promise<DncList | undefined> {
  return (await sql<DncList>`select ${LIST} from dnc_list where id = ${id}`.execute(db)).rows[0];
}

export async function lockDncList(tx: Tx, id: Uuid): Promise<DncList> {
  const { rows } = await sql<DncList>`select ${LIST} from dnc_list where id = ${id} for no key update`.execute(tx);
  const [list] = rows;
  if (list === undefined) throw new Error(`do-not-call list ${id} is gone`);
  return list;
}

/** False when a list has that name already. */
export async function insertDncList(
  tx: Tx,
  list: Pick<DncList, 'id' | 'kind' | 'name' | 'state' | 'createdBy' | 'createdAt'>,
): Promise<boolean> {
  const { rows } = await sql`
    insert into dnc_list (id, kind, name, state, created_by, created_at)
    values (${list.id}, ${list.kind}, ${list.name}, ${list.state}, ${list.createdBy}, ${list.createdAt})
    on conflict (name) do nothing returning id`.execute(tx);
  return rows.length > 0;
}

export async function retireDncList(tx: Tx, id: Uuid, now: Instant): Promise<void> {
  await sql`update dnc_list set retired_at = coalesce(retired_at, ${now}) where id = ${id}`.execute(tx);
}

/** Newest first. Index dnc_version_list. */
export async function listDncVersions(db: Db | Tx, listId: Uuid, limit: number): Promise<readonly DncVersion[]> {
  const { rows } = await sql<DncVersion>`
    select ${VERSION} from dnc_version where list_id = ${listId} order by created_at desc, id desc limit ${limit}`.execute(
    db,
  );
  return rows;
}

export async function getDncVersion(db: Db | Tx, id: Uuid): Promise<DncVersion> {
  const { rows } = await sql<DncVersion>`select ${VERSION} from dnc_version where id = ${id}`.execute(db);
  const [version] = rows;
  if (version === undefined) throw new Error(`version ${id} of a do-not-call list is gone`);
  return version;
}

export async function insertDncVersion(
  db: Db,
  version: Pick<DncVersion, 'id' | 'listId' | 'mode' | 'fileName' | 'asOf' | 'uploadedBy' | 'createdAt'>,
): Promise<void> {
  await sql`
    insert into dnc_version (id, list_id, mode, state, file_name, as_of, uploaded_by, created_at, alive_at)
    values (${version.id}, ${version.listId}, ${version.mode}, 'reading', ${version.fileName}, ${version.asOf}, ${version.uploadedBy},
      ${version.createdAt}, ${version.createdAt})`.execute(db);
}

export interface ReadSoFar {
  readonly lines: number;
  readonly refused: number;
  readonly refusals: readonly RefusedLine[];
}

export async function noteProgress(db: Db | Tx, id: Uuid, read: ReadSoFar, now: Instant): Promise<void> {
  await sql`
    update dnc_version set lines = ${read.lines}, refused = ${read.refused}, refusals = ${JSON.stringify(read.refusals)}, alive_at = ${now}
    where id = ${id} and state = 'reading'`.execute(db);
}

export async function failVersion(db: Db | Tx, id: Uuid, error: string): Promise<void> {
  await sql`update dnc_version set state = 'failed', error = ${error} where id = ${id} and state = 'reading'`.execute(
    db,
  );
}

const SILENT_MAX_MS = 15 * MINUTE_MS;

/** Versions that nobody reads any more. */
export async function failSilentVersions(db: Db, now: Instant): Promise<void> {
  await sql`
    update dnc_version set state = 'failed', error = 'Reading stopped with its process; upload the file again'
    where state = 'reading' and alive_at < ${addMs(now, -SILENT_MAX_MS)}`.execute(db);
}

/** Puts a version in force that is read wholly, in place of the one before. False when it has been given up meanwhile. */
export async function putInForce(
  tx: Tx,
  input: { readonly version: DncVersion; readonly setId: Uuid; readonly numbers: number; readonly now: Instant },
): Promise<boolean> {
  const { version, setId, numbers, now } = input;
  await sql`
    update dnc_version set state = 'superseded', in_force_until = ${now}
    where list_id = ${version.listId} and state = 'in_force'`.execute(tx);
  const { rows } = await sql`
    update dnc_version set state = 'in_force', in_force_from = ${now}, numbers = ${numbers}
    where id = ${version.id} and state = 'reading' returning id`.execute(tx);
  if (rows.length === 0) return false;
  await sql`
    update dnc_list set set_id = ${setId}, version_id = ${version.id}, as_of = ${version.asOf}, numbers = ${numbers}
    where id = ${version.listId}`.execute(tx);
  return true;
}
