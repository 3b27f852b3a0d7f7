import { sql } from 'kysely';
import { csvLine } from '../platform/csv-cell.ts';
import type { Db } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import { type Block, listBlocks } from './dnc-block-store.ts';
import { type DncList, getDncList, listDncLists } from './dnc-store.ts';
import { type NoteDeps, noteExport } from './note-export.ts';

const ACTION = 'dnc_list.exported';

/** The numbers of one list as CSV. Lists of registries and services are licensed to whoever bought them, and stay here. */
export async function exportDncList(
  deps: NoteDeps,
  { id, actor }: { readonly id: Uuid; readonly actor: string },
): Promise<Outcome<AsyncGenerator<string>>> {
  const list = await getDncList(deps.db, id);
  if (list === undefined) return notFound('do-not-call list', showId('dncList', id));
  if (!isOurs(list))
    return conflict(`"${list.name}" is licensed to whoever bought it and is not given on; lists of your own are`);
  await noteExport(deps, {
    actor,
    action: ACTION,
    subject: showId('dncList', id),
    detail: { name: list.name, numbers: list.numbers },
  });
  return ok(numbersOf(deps.db, list));
}

/**
 * Everybody who must not be called or texted by this business (47 CFR 64.1200(d)): who opted out, wrong numbers, and the business's own lists. A
 * number that is on several stands there several times, each time with its reason.
 */
export async function exportOurDoNotCall(
  deps: NoteDeps,
  { actor }: { readonly actor: string },
): Promise<AsyncGenerator<string>> {
  await noteExport(deps, { actor, action: ACTION, subject: 'do_not_call', detail: {} });
  return everybody(deps.db);
}

const isOurs = ({ kind, service }: DncList): boolean => service === null && (kind === 'internal' || kind === 'custom');

async function* numbersOf(db: Db, list: DncList): AsyncGenerator<string> {
  yield csvLine(['phone']);
  for await (const phones of listedPhones(db, list)) yield phones.map((phone) => csvLine([phone])).join('');
}

async function* everybody(db: Db): AsyncGenerator<string> {
  yield csvLine(['phone', 'reason', 'since', 'list']);
  for await (const rows of suppressed(db))
    yield rows.map(({ phone, reason, since }) => csvLine([phone, reason, since.toString(), ''])).join('');
  for (const list of await listDncLists(db)) {
    if (list.retiredAt !== null || list.kind !== 'internal' || !isOurs(list)) continue;
    const since = list.asOf?.toString() ?? '';
    for await (const phones of listedPhones(db, list))
      yield phones.map((phone) => csvLine([phone, 'internal_list', since, list.name])).join('');
  }
}

const PAGE_BLOCKS = 200;
const PAGE_ROWS = 5_000;
const NUMBERS_OF_BLOCK = 10_000;

/** In their order. Half a list looks like a whole one: when another version comes into force meanwhile, the export breaks off. */
async function* listedPhones(db: Db, { id, setId, versionId, name }: DncList): AsyncGenerator<readonly string[]> {
  if (setId === null) return;
  for (let after = 0; ; ) {
    const blocks = await listBlocks(db, setId, { after, limit: PAGE_BLOCKS });
    if ((await getDncList(db, id))?.versionId !== versionId)
      throw new Error(`"${name}" has changed while it was read; export it again`);
    for (const block of blocks) yield phonesOf(block);
    const last = blocks.at(-1);
    if (last === undefined || blocks.length < PAGE_BLOCKS) return;
    after = last.block;
  }
}

function phonesOf({ block, bits }: Block): readonly string[] {
  const phones: string[] = [];
  for (let place = 0; place < NUMBERS_OF_BLOCK; place += 1)
    if (((bits[place >>> 3] ?? 0) & (1 << (place & 7))) !== 0)
      phones.push(`+1${block}${String(place).padStart(4, '0')}`);
  return phones;
}

interface SuppressedRow {
  readonly phone: string;
  readonly reason: string;
  readonly since: Instant;
}

/** Index suppression_active. Who was erased has no number to tell. */
async function* suppressed(db: Db): AsyncGenerator<readonly SuppressedRow[]> {
  for (let after = { phone: '', reason: '' }; ; ) {
    const { rows } = await sql<SuppressedRow>`
      select phone, reason, created_at as since from suppression
      where lifted_at is null and reason <> 'invalid_number' and phone like '+%' and (phone, reason) > (${after.phone}, ${after.reason})
      order by phone, reason limit ${PAGE_ROWS}`.execute(db);
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    after = last;
  }
}
