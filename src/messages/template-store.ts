import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** A saved text with merge fields. Campaigns copy it, so that a change here never changes what was launched. */
export interface SavedTemplate {
  readonly id: Uuid;
  readonly name: string;
  readonly body: string;
  /** Grows with every change: the version that was read must be the one that is changed. */
  readonly version: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export interface TemplateRow extends SavedTemplate {
  /** By which lists are sorted: people do not sort by capitals. */
  readonly sortKey: string;
}

const columns = sql`id, name, body, version, created_at, updated_at, lower(name) as sort_key`;

/** By name. Templates are written by hand, a few hundred at most: the table is read through. */
export async function listTemplateRows(
  db: Db | Tx,
  query: {
    readonly search: string;
    readonly after: { readonly sortKey: string; readonly id: Uuid } | undefined;
    readonly limit: number;
  },
): Promise<readonly TemplateRow[]> {
  const { after } = query;
  const { rows } = await sql<TemplateRow>`
    select ${columns} from template
    where archived_at is null and (position(lower(${query.search}) in lower(name)) > 0 or position(lower(${query.search}) in lower(body)) > 0)
      and ${after === undefined ? sql`true` : sql`(lower(name), id) > (${after.sortKey}::text, ${after.id}::uuid)`}
    order by lower(name), id limit ${query.limit}`.execute(db);
  return rows;
}

export async function getTemplateRow(db: Db | Tx, id: Uuid): Promise<SavedTemplate | undefined> {
  const { rows } =
    await sql<TemplateRow>`select ${columns} from template where id = ${id} and archived_at is null`.execute(db);
  return rows[0];
}

/** Changes of templates are rare and short: one at a time, what is read here stays true until the transaction ends. */
export async function lockTemplates(tx: Tx): Promise<void> {
  await sql`lock table template in share row exclusive mode`.execute(tx);
}

/** Archived templates have given their names back. */
export async function isNameTaken(tx: Tx, name: string, besidesId: Uuid): Promise<boolean> {
  const { rows } = await sql`select 1 from template where name = ${name} and id <> ${besidesId}`.execute(tx);
  return rows.length > 0;
}

export async function insertTemplateRow(
  tx: Tx,
  template: { readonly id: Uuid; readonly name: string; readonly body: string; readonly now: Instant },
): Promise<void> {
  await sql`
    insert into template (id, name, body, created_at, updated_at)
    values (${template.id}, ${template.name}, ${template.body}, ${template.now}, ${template.now})`.execute(tx);
}

export async function updateTemplateRow(
  tx: Tx,
  template: { readonly id: Uuid; readonly name: string; readonly body: string; readonly now: Instant },
): Promise<void> {
  await sql`
    update template set name = ${template.name}, body = ${template.body}, version = version + 1, updated_at = ${template.now}
    where id = ${template.id}`.execute(tx);
}

/** An archived template gives its name back, so that a new one may have it: the id makes the kept name its own. */
export async function archiveTemplateRow(tx: Tx, id: Uuid, now: Instant): Promise<void> {
  await sql`
    update template set archived_at = ${now}, updated_at = ${now}, name = left(name, 150) || ' (archived ' || id || ')'
    where id = ${id}`.execute(tx);
}

/** The name that an archived template had (of a longer one its first 150 characters), or undefined when it is not archived. */
export async function archivedName(tx: Tx, id: Uuid): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    select left(name, -length(' (archived ' || id || ')')) as name from template
    where id = ${id} and archived_at is not null`.execute(tx);
  return rows[0]?.name;
}

export async function restoreTemplateRow(
  tx: Tx,
  template: { readonly id: Uuid; readonly name: string; readonly now: Instant },
): Promise<void> {
  await sql`
    update template set archived_at = null, updated_at = ${template.now}, name = ${template.name}
    where id = ${template.id}`.execute(tx);
}
