import { sql } from 'kysely';
import { readBlocks, writeBlocks } from '../compliance/dnc-block-store.ts';
import { BLOCK_BYTES } from '../compliance/dnc-blocks.ts';
import { type DncList, lockDncList } from '../compliance/dnc-store.ts';
import type { ScrubbedKind } from '../compliance/scrub-codes.ts';
import { PLACE_BY_AREA_CODE } from '../contacts/area-codes.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { type ScrubAnswer, type ScrubServiceName, SERVICE_WORDS } from './scrub-service.ts';

/**
 * The do-not-call lists that a service fills. Each batch is a version of all of them, in force from its beginning: a number that is not on
 * such a list counts as asked about from its own answer on (compliance/dnc-eligibility.ts), so that a version that is half done frees nobody.
 */
export interface Filling {
  readonly service: ScrubServiceName;
  /** Who is asked about, as people read it. */
  readonly chosen: string;
  readonly startedBy: string;
  readonly now: Instant;
  readonly newUuid: NewUuid;
}

/** Those that are there from the first batch on; lists of states are made when a number is on one. */
const ALWAYS = ['national', 'litigator', 'custom'] as const satisfies readonly ScrubbedKind[];

const LIST_NAMES: Readonly<Record<ScrubbedKind, string>> = {
  national: 'national registry',
  state: 'registry of',
  litigator: 'people who go to court',
  custom: 'other lists',
};

export async function beginVersions(tx: Tx, filling: Filling): Promise<void> {
  for (const kind of ALWAYS) await ensureList(tx, filling, { kind, state: null });
  for (const id of await filledLists(tx, filling.service)) await beginVersion(tx, filling, await lockDncList(tx, id));
}

/** In the order in which all lock them. Index dnc_list_service. */
async function filledLists(tx: Tx, service: ScrubServiceName): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`
    select id from dnc_list where service = ${service} and retired_at is null order by id`.execute(tx);
  return rows.map(({ id }) => id);
}

interface ListKey {
  readonly kind: ScrubbedKind;
  readonly state: string | null;
}

/** The list of this kind, made when there is none. */
async function ensureList(tx: Tx, filling: Filling, { kind, state }: ListKey): Promise<Uuid> {
  const { service, startedBy, now, newUuid } = filling;
  const found = await sql<{ id: Uuid }>`
    select id from dnc_list where service = ${service} and kind = ${kind} and state is not distinct from ${state} and retired_at is null`.execute(
    tx,
  );
  if (found.rows[0] !== undefined) return found.rows[0].id;
  const id = newUuid();
  const name = `${SERVICE_WORDS[service]}: ${LIST_NAMES[kind]}${state === null ? '' : ` ${state}`}`;
  // One that was retired keeps its name.
  await sql`
    insert into dnc_list (id, kind, name, state, service, created_by, created_at)
    select ${id}, ${kind}, case when exists (select from dnc_list where name = ${name}) then ${`${name}, ${now.toString()}`} else ${name} end,
      ${state}, ${service}, ${startedBy}, ${now}`.execute(tx);
  return id;
}

async function beginVersion(tx: Tx, filling: Filling, list: DncList): Promise<void> {
  const { service, chosen, startedBy, now, newUuid } = filling;
  const id = newUuid();
  await sql`
    update dnc_version set state = 'superseded', in_force_until = ${now} where list_id = ${list.id} and state = 'in_force'`.execute(
    tx,
  );
  await sql`
    insert into dnc_version (id, list_id, mode, state, file_name, as_of, numbers, uploaded_by, created_at, alive_at, in_force_from)
    values (${id}, ${list.id}, 'changes', 'in_force', ${`${SERVICE_WORDS[service]} about ${chosen}`}, ${now}, ${list.numbers},
      ${startedBy}, ${now}, ${now}, ${now})`.execute(tx);
  await sql`
    update dnc_list set set_id = coalesce(set_id, ${id}), version_id = ${id}, as_of = coalesce(as_of, ${now}) where id = ${list.id}`.execute(
    tx,
  );
}

export interface Answered {
  /** `+1` and ten digits. */
  readonly phone: string;
  readonly answer: ScrubAnswer;
}

/** Puts numbers on the lists that their answers name, and takes them off the others of this service. */
export async function fillLists(tx: Tx, filling: Filling, answered: readonly Answered[]): Promise<void> {
  const states = new Set(
    answered.filter(({ answer }) => answer.kinds.includes('state')).map(({ phone }) => stateOf(phone)),
  );
  for (const state of [...states].sort()) {
    if (state === null || (await hasList(tx, filling.service, state))) continue;
    const id = await ensureList(tx, filling, { kind: 'state', state });
    await beginVersion(tx, filling, await lockDncList(tx, id));
  }
  for (const id of await filledLists(tx, filling.service)) await fillList(tx, await lockDncList(tx, id), answered);
}

async function hasList(tx: Tx, service: ScrubServiceName, state: string): Promise<boolean> {
  const { rows } = await sql`
    select from dnc_list where service = ${service} and kind = 'state' and state = ${state} and retired_at is null`.execute(
    tx,
  );
  return rows.length > 0;
}

/** The state that an area code is in; of one without, a listing by a state counts as one by the nation. */
const stateOf = (phone: string): string | null => PLACE_BY_AREA_CODE.get(phone.slice(2, 5))?.state ?? null;

function belongs({ phone, answer: { kinds } }: Answered, list: DncList): boolean {
  switch (list.kind) {
    case 'state':
      return kinds.includes('state') && stateOf(phone) === list.state;
    case 'national':
      return kinds.includes('national') || (kinds.includes('state') && stateOf(phone) === null);
    case 'litigator':
    case 'custom':
      return kinds.includes(list.kind);
    default:
      return false;
  }
}

async function fillList(tx: Tx, list: DncList, answered: readonly Answered[]): Promise<void> {
  const { setId, versionId } = list;
  if (setId === null || versionId === null) throw new Error(`do-not-call list ${list.id} has no version to fill`);
  const numbers = await readBlocks(tx, setId, [...new Set(answered.map(({ phone }) => blockOf(phone)))]);
  const blocks = new Map(numbers.map(({ block, bits }) => [block, Uint8Array.from(bits)]));
  const touched = new Set<number>();
  let added = 0;
  for (const one of answered) {
    const listed = belongs(one, list);
    const block = blockOf(one.phone);
    const bits = blocks.get(block) ?? new Uint8Array(BLOCK_BYTES);
    if (!flip(bits, Number(one.phone.slice(8)), listed)) continue;
    blocks.set(block, bits);
    touched.add(block);
    added += listed ? 1 : -1;
  }
  if (touched.size > 0)
    await writeBlocks(
      tx,
      setId,
      [...touched].map((block) => ({ block, bits: blocks.get(block) ?? new Uint8Array(BLOCK_BYTES) })),
    );
  await sql`update dnc_list set numbers = numbers + ${added} where id = ${list.id}`.execute(tx);
  await sql`
    update dnc_version set numbers = numbers + ${added}, lines = lines + ${answered.length} where id = ${versionId}`.execute(
    tx,
  );
}

const blockOf = (phone: string): number => Number(phone.slice(2, 8));

/** Whether the bit was otherwise before. */
function flip(bits: Uint8Array, place: number, wanted: boolean): boolean {
  const byte = bits[place >>> 3] ?? 0;
  const mask = 1 << (place & 7);
  if (((byte & mask) !== 0) === wanted) return false;
  bits[place >>> 3] = byte ^ mask;
  return true;
}

/** How old a list looks when all of a batch was asked: as old as the oldest answer about a contact. */
export async function dateLists(tx: Tx, service: ScrubServiceName): Promise<void> {
  await sql`
    update dnc_list set as_of = coalesce((
      select min(s.checked_at) from scrubbed_number s where s.service = ${service} and exists (select from contact c where c.phone = s.phone)), as_of)
    where service = ${service} and retired_at is null and set_id is not null`.execute(tx);
}
