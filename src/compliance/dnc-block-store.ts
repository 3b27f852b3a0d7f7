import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { BLOCK_BYTES } from './dnc-blocks.ts';

export interface StagedNumbers {
  readonly areaCode: number;
  readonly place: number;
  readonly numbers: Uint32Array;
}

/** Keeps numbers of a file that is being read. */
export async function stageNumbers(
  db: Db,
  versionId: Uuid,
  { areaCode, place, numbers }: StagedNumbers,
): Promise<void> {
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  await sql`insert into dnc_stage (version_id, area_code, place, numbers) values (${versionId}, ${areaCode}, ${place}, ${bytes})`.execute(
    db,
  );
}

/** Primary key of dnc_stage. */
export async function stagedAreaCodes(db: Db | Tx, versionId: Uuid): Promise<readonly number[]> {
  const { rows } = await sql<{ areaCode: number }>`
    select distinct area_code from dnc_stage where version_id = ${versionId} order by 1`.execute(db);
  return rows.map(({ areaCode }) => areaCode);
}

/** The numbers of one area code in the order of the file, some thousands at a time. Primary key of dnc_stage. */
export async function* stagedNumbers(db: Db | Tx, versionId: Uuid, areaCode: number): AsyncGenerator<Uint32Array> {
  for (let after = -1; ; ) {
    const { rows } = await sql<{ place: number; numbers: Buffer }>`
      select place, numbers from dnc_stage
      where version_id = ${versionId} and area_code = ${areaCode} and place > ${after} order by place limit 50`.execute(
      db,
    );
    for (const { numbers } of rows) yield new Uint32Array(new Uint8Array(numbers).buffer);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.place;
  }
}

export async function deleteStaged(db: Db | Tx, versionId: Uuid): Promise<void> {
  await sql`delete from dnc_stage where version_id = ${versionId}`.execute(db);
}

export interface Block {
  readonly block: number;
  readonly bits: Uint8Array;
}

/** Primary key of dnc_block. */
export async function readBlocks(tx: Db | Tx, setId: Uuid, blocks: readonly number[]): Promise<readonly Block[]> {
  const { rows } = await sql<Block>`
    select block, bits from dnc_block where set_id = ${setId} and block = any(${blocks}::int[])`.execute(tx);
  return rows;
}

/** Some at a time, in the order of their numbers. Primary key of dnc_block. */
export async function listBlocks(
  db: Db | Tx,
  setId: Uuid,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly Block[]> {
  const { rows } = await sql<Block>`
    select block, bits from dnc_block where set_id = ${setId} and block > ${after} order by block limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** Writes blocks, over those that are there; the bits go as one value, which is cut here: an array of them would be sent as text. */
export async function writeBlocks(tx: Db | Tx, setId: Uuid, blocks: readonly Block[]): Promise<void> {
  const bits = Buffer.concat(blocks.map((block) => block.bits));
  await sql`
    insert into dnc_block (set_id, block, bits)
    select ${setId}, x.block, substr(${bits}::bytea, (x.rank::int - 1) * ${sql.lit(BLOCK_BYTES)} + 1, ${sql.lit(BLOCK_BYTES)})
    from unnest(${blocks.map((block) => block.block)}::int[]) with ordinality as x (block, rank)
    on conflict (set_id, block) do update set bits = excluded.bits`.execute(tx);
}

/** Sets that no list uses and no version is being read for: of earlier versions, and of processes that died. */
export async function orphanedSets(db: Db): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ setId: Uuid }>`
    with recursive s as (
      (select set_id from dnc_block order by set_id limit 1)
      union all
      select (select b.set_id from dnc_block b where b.set_id > s.set_id order by b.set_id limit 1) from s where s.set_id is not null
    )
    select set_id from s where set_id is not null
      and not exists (select 1 from dnc_list l where l.set_id = s.set_id)
      and not exists (select 1 from dnc_version v where v.id = s.set_id and v.state = 'reading')`.execute(db);
  return rows.map(({ setId }) => setId);
}

const DELETED_AT_ONCE = 10_000;

/** Primary key of dnc_block. */
export async function deleteSet(db: Db, setId: Uuid): Promise<void> {
  for (;;) {
    const { numAffectedRows } = await sql`
      delete from dnc_block where set_id = ${setId} and block in (
        select block from dnc_block where set_id = ${setId} order by block limit ${DELETED_AT_ONCE})`.execute(db);
    if (numAffectedRows === undefined || numAffectedRows === 0n) return;
  }
}

/** Numbers of versions that are read no more. */
export async function deleteOrphanedStage(db: Db): Promise<void> {
  await sql`delete from dnc_stage s where not exists (
    select 1 from dnc_version v where v.id = s.version_id and v.state = 'reading')`.execute(db);
}
