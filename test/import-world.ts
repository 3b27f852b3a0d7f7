import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { beforeEach, expect } from 'vitest';
import { type CommitRequest, commitImport, type ImportRequest } from '../src/contacts/import-contacts.ts';
import type { ImportResult } from '../src/contacts/import-report.ts';
import { insertImportRun } from '../src/contacts/import-run-store.ts';
import { emptyTables } from './around-triggers.ts';
import { testDatabase } from './test-database.ts';
import { testWorld } from './world.ts';

interface StoredContact {
  readonly id: string;
  readonly phone: string;
  readonly [field: string]: unknown;
}

/** A database, and files that are imported into it; each test begins without contacts. */
export async function importWorld() {
  const database = await testDatabase();
  const { db } = database;
  const { clock, newUuid, random } = testWorld();
  const deps = { database, clock, newUuid };

  beforeEach(() => emptyTables(db, 'contact', 'import_run', 'import_refusal', 'suppression', 'audit_entry'));

  const file = (...lines: readonly string[]): Pick<ImportRequest, 'open'> => ({
    open: () => ({ chunks: Readable.from([Buffer.from(lines.join('\n'))]) }),
  });

  async function newRun(): Promise<string> {
    const id = newUuid();
    await insertImportRun(db, {
      id,
      fileName: 'contacts.csv',
      fileBytes: 1,
      blobKey: 'imports/1',
      createdAt: clock.now(),
      createdBy: 'user:1',
    });
    return id;
  }

  const requestFor = (importId: string, request: ImportRequest): CommitRequest => ({
    ...request,
    importId,
    by: { actor: 'user:1', name: 'Kim' },
  });

  async function commit(request: ImportRequest & Pick<CommitRequest, 'validate'>): Promise<ImportResult> {
    const outcome = await commitImport(deps, requestFor(await newRun(), request));
    if (!outcome.ok) expect.unreachable(outcome.error.message);
    return outcome.value;
  }

  async function stored(): Promise<readonly StoredContact[]> {
    const { rows } = await sql<StoredContact>`
      select id, phone, first_name, last_name, email, company, street, city, state, postal_code, attributes, tags, zone_group, source,
        import_id, created_at::text, updated_at::text from contact order by id`.execute(db);
    return rows;
  }

  return { database, deps, db, clock, newUuid, random, file, newRun, requestFor, commit, stored };
}
