import { sql } from 'kysely';
import type { ConsentToRecord } from '../compliance/append-consent.ts';
import { holdFree } from '../compliance/lock-number.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import type { Clock } from '../platform/clock.ts';
import { type Database, runTx, type Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { type Instant, instant, isBefore } from '../platform/time.ts';
import { type ImportedConsent, isProof } from './import-consent.ts';
import { keepImportsAway } from './import-store.ts';

interface Deps {
  readonly database: Database;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** Numbers whose consents are recorded in one transaction. */
const BATCH = 50;

/**
 * Makes events of what the rows of imported files say of consents, after the import: it has added its contacts in one transaction, which
 * could not hold the locks of a million numbers. Whoever has opted out stays so: a file cannot undo what a person said.
 */
export async function recordImportedConsents(deps: Deps): Promise<void> {
  for (;;) if ((await runTx(deps.database.db, (tx) => recordBatch(tx, deps))) === 0) return;
}

interface ImportedRow {
  readonly importId: Uuid;
  readonly line: number;
  readonly phone: string;
  readonly consent: ImportedConsent;
  readonly actor: string;
  readonly recordedBy: string;
  readonly fileName: string;
  readonly finishedAt: Instant | null;
}

/** How many rows were settled; numbers that somebody else holds are left for later. */
async function recordBatch(tx: Tx, deps: Deps): Promise<number> {
  if (!(await keepImportsAway(tx))) return 0;
  const { rows } = await sql<ImportedRow>`
    select i.import_id, i.line, i.phone, i.consent, i.actor, i.recorded_by, r.file_name, r.finished_at
    from import_consent i join import_run r on r.id = i.import_id order by i.import_id, i.line limit ${BATCH} for update of i skip locked`.execute(
    tx,
  );
  const held = await holdFree(tx, [...new Set(rows.map(({ phone }) => phone))]);
  const mine = rows.filter(({ phone }) => held.has(phone));
  for (const row of mine) await recordConsent(tx, deps, consentOf(row, deps.clock.now()));
  await sql`
    delete from import_consent i using unnest(${mine.map(({ importId }) => importId)}::uuid[], ${mine.map(({ line }) => line)}::integer[])
      as done (import_id, line) where i.import_id = done.import_id and i.line = done.line`.execute(tx);
  return mine.length;
}

function consentOf(row: ImportedRow, now: Instant): ConsentToRecord {
  const { phone, consent, fileName, line, finishedAt } = row;
  const { purpose, kind, method, wording, givenAt } = consent;
  const given = givenAt === null ? undefined : instant(givenAt);
  // What is still to come was not agreed to: the row proves nothing.
  const proven = isProof(consent) && given !== undefined && !isBefore(now, given);
  return {
    action: 'grant',
    phone,
    purpose,
    kind,
    evidence: { source: 'import', file: fileName, row: line, ...(proven && method !== null ? { method } : {}) },
    wording: wording === null ? null : { text: wording, version: 'as imported', language: null },
    needsConfirmation: false,
    validUntil: 'by_policy',
    occurredAt: proven ? given : (finishedAt ?? now),
    by: { actor: row.actor, name: row.recordedBy },
  };
}
