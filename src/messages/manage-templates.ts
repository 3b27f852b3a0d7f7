import type { AuditAction } from '../compliance/audit-action.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { conflict, invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { parseTemplate } from './template-parser.ts';
import {
  archivedName,
  archiveTemplateRow,
  getTemplateRow,
  insertTemplateRow,
  isNameTaken,
  listTemplateRows,
  lockTemplates,
  restoreTemplateRow,
  type SavedTemplate,
  updateTemplateRow,
} from './template-store.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

interface By {
  readonly actor: string;
  readonly name: string;
}

/** By name; `search` is any part of name or text. */
export async function listTemplates(
  db: Db | Tx,
  query: { readonly search: string | undefined; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<SavedTemplate>>> {
  const cursor = readCursor(query.cursor, ['text', 'uuid']);
  if (!cursor.ok) return cursor;
  const after = cursor.value === undefined ? undefined : { sortKey: cursor.value[0], id: cursor.value[1] };
  const rows = await listTemplateRows(db, { search: query.search ?? '', after, limit: query.limit + 1 });
  return ok(toPage(rows, query.limit, (last) => makeCursor(last.sortKey, last.id)));
}

export async function getTemplate(db: Db | Tx, id: Uuid): Promise<Outcome<SavedTemplate>> {
  const template = await getTemplateRow(db, id);
  return template === undefined ? notFound('template', showId('template', id)) : ok(template);
}

/** A text that does not parse is refused with the position of the trouble. */
export async function createTemplate(
  tx: Tx,
  deps: Deps,
  input: { readonly name: string; readonly body: string; readonly by: By },
): Promise<Outcome<SavedTemplate>> {
  const { name, body, by } = input;
  await lockTemplates(tx);
  const id = deps.newUuid();
  const refusal = refusedBody(body) ?? (await refusedName(tx, name, id));
  if (refusal !== undefined) return refusal;
  await insertTemplateRow(tx, { id, name, body, now: deps.clock.now() });
  await record(tx, deps, { id, action: 'template.created', by, detail: { name } });
  return getTemplate(tx, id);
}

/** `version` is the one that was read; a change made by someone else meanwhile is a conflict and is not written over. */
export async function updateTemplate(
  tx: Tx,
  deps: Deps,
  input: {
    readonly id: Uuid;
    readonly version: number;
    readonly name?: string | undefined;
    readonly body?: string | undefined;
    readonly by: By;
  },
): Promise<Outcome<SavedTemplate>> {
  const { id, by } = input;
  await lockTemplates(tx);
  const before = await getTemplate(tx, id);
  if (!before.ok) return before;
  if (before.value.version !== input.version) return refusedVersion(before.value, input.version);
  const { name = before.value.name, body = before.value.body } = input;
  if (name === before.value.name && body === before.value.body) return before;
  const refusal = refusedBody(body) ?? (await refusedName(tx, name, id));
  if (refusal !== undefined) return refusal;
  await updateTemplateRow(tx, { id, name, body, now: deps.clock.now() });
  await record(tx, deps, { id, action: 'template.changed', by, detail: { name, fromVersion: input.version } });
  return getTemplate(tx, id);
}

/** Leaves the lists; campaigns that copied it are not touched. */
export async function archiveTemplate(
  tx: Tx,
  deps: Deps,
  input: { readonly id: Uuid; readonly by: By },
): Promise<Outcome<undefined>> {
  await lockTemplates(tx);
  const before = await getTemplate(tx, input.id);
  if (!before.ok) return before;
  await archiveTemplateRow(tx, input.id, deps.clock.now());
  await record(tx, deps, {
    id: input.id,
    action: 'template.archived',
    by: input.by,
    detail: { name: before.value.name },
  });
  return ok(undefined);
}

/** Takes an archiving back, under the old name; refused when another template has that name by now. */
export async function restoreTemplate(
  tx: Tx,
  deps: Deps,
  input: { readonly id: Uuid; readonly by: By },
): Promise<Outcome<SavedTemplate>> {
  const { id, by } = input;
  await lockTemplates(tx);
  const name = await archivedName(tx, id);
  if (name === undefined) return getTemplate(tx, id);
  const refusal = await refusedName(tx, name, id);
  if (refusal !== undefined) return refusal;
  await restoreTemplateRow(tx, { id, name, now: deps.clock.now() });
  await record(tx, deps, { id, action: 'template.restored', by, detail: { name } });
  return getTemplate(tx, id);
}

type Refused = Outcome<never> | undefined;

function refusedBody(body: string): Refused {
  const template = parseTemplate(body);
  if (template.ok) return undefined;
  const { message } = template.error;
  return invalid(`text: ${message}`, { errors: [{ pointer: '/body', message }] });
}

async function refusedName(tx: Tx, name: string, id: Uuid): Promise<Refused> {
  if (!(await isNameTaken(tx, name, id))) return undefined;
  const message = `another template is named "${name}" already; choose another name or change that template`;
  return conflict(message, { errors: [{ pointer: '/name', message }] });
}

const refusedVersion = (template: SavedTemplate, version: number): Outcome<never> =>
  conflict(
    `template "${template.name}" is at version ${template.version} by now, and your change is based on version ${version}: read it again and repeat the change`,
    { state: `version ${template.version}`, allowed: ['read it again'] },
  );

function record(
  tx: Tx,
  deps: Deps,
  entry: { readonly id: Uuid; readonly action: AuditAction; readonly by: By; readonly detail: object },
): Promise<void> {
  return recordAudit(tx, {
    id: deps.newUuid(),
    at: deps.clock.now(),
    actor: entry.by.actor,
    action: entry.action,
    subject: showId('template', entry.id),
    detail: { by: entry.by.name, ...entry.detail },
  });
}
