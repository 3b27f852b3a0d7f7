import { type RawBuilder, sql } from 'kysely';
import type { ConsentToRecord } from '../compliance/append-consent.ts';
import { CONSENT_PURPOSES, consentStanding, isOwnAct, standingAt } from '../compliance/consent.ts';
import { readConsentFacts } from '../compliance/consent-store.ts';
import { holdFree } from '../compliance/lock-number.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import { suppressNumber } from '../compliance/suppress.ts';
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
 * could not hold the locks of a million numbers. Refusals come first. Whoever has opted out stays so: a file cannot undo what a person
 * said, but it may tell that they said it.
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
  if (!(await keepImportsAway(tx, 'one at a time'))) return 0;
  const refusals = await nextRows(tx, sql`i.consent ->> 'reading' = 'refused'`);
  const rows = refusals.length > 0 ? refusals : await nextRows(tx, sql`true`);
  const held = await holdFree(tx, [...new Set(rows.map(({ phone }) => phone))]);
  const mine = rows.filter(({ phone }) => held.has(phone));
  for (const row of mine) await recordRow(tx, deps, row);
  await sql`
    delete from import_consent i using unnest(${mine.map(({ importId }) => importId)}::uuid[], ${mine.map(({ line }) => line)}::integer[])
      as done (import_id, line) where i.import_id = done.import_id and i.line = done.line`.execute(tx);
  return mine.length;
}

/** Indexes import_consent_refused, import_consent_pkey. */
async function nextRows(tx: Tx, which: RawBuilder<unknown>): Promise<readonly ImportedRow[]> {
  const { rows } = await sql<ImportedRow>`
    select i.import_id, i.line, i.phone, i.consent, i.actor, i.recorded_by, r.file_name, r.finished_at
    from import_consent i join import_run r on r.id = i.import_id where ${which}
    order by i.import_id, i.line limit ${BATCH} for update of i skip locked`.execute(tx);
  return rows;
}

async function recordRow(tx: Tx, deps: Deps, row: ImportedRow): Promise<void> {
  const now = deps.clock.now();
  const { reading } = row.consent;
  if (reading === 'refused') await optOut(tx, deps, row);
  else if (reading !== 'not_given') await recordConsent(tx, deps, consentOf(row, now));
  else if (await restsOnWordsOfOthers(tx, row.phone, now)) await recordConsent(tx, deps, endOf(row, now));
}

/** At the time of the import: when the person said it, files seldom know. */
const optOut = (tx: Tx, deps: Deps, { phone, consent, fileName, line, actor, recordedBy, ...row }: ImportedRow) =>
  suppressNumber(tx, deps, {
    phone,
    reason: 'opt_out',
    channel: 'import',
    evidence: { file: fileName, row: line, said: consent.said, by: recordedBy },
    actor,
    recordedBy,
    saidAt: row.finishedAt ?? deps.clock.now(),
  });

/**
 * Whether all consents of a number that are in force are such as a file or a member told of: a file that says "no" now ends those. What
 * the person did themselves it cannot end, since it may come from a system that knows nothing of it.
 */
async function restsOnWordsOfOthers(tx: Tx, phone: string, now: Instant): Promise<boolean> {
  const facts = await readConsentFacts(tx, phone);
  const grants = CONSENT_PURPOSES.flatMap((purpose) => {
    const { inForce } = standingAt(consentStanding(facts, purpose), now);
    return facts.filter(({ id }) => id === inForce?.eventId);
  });
  return grants.length > 0 && grants.every((fact) => fact.action === 'grant' && !isOwnAct(fact.source));
}

const endOf = (row: ImportedRow, now: Instant): ConsentToRecord => ({
  action: 'revoke',
  phone: row.phone,
  purpose: 'all',
  evidence: evidenceOf(row),
  occurredAt: row.finishedAt ?? now,
  by: { actor: row.actor, name: row.recordedBy },
});

const evidenceOf = ({ fileName, line, consent: { said, shownBy } }: ImportedRow) =>
  ({ source: 'import', file: fileName, row: line, ...(said === null ? {} : { said }), ...shownBy }) as const;

function consentOf(row: ImportedRow, now: Instant): ConsentToRecord {
  const { phone, consent, finishedAt } = row;
  const { purpose, kind, method, wording, wordingVersion, givenAt } = consent;
  const given = givenAt === null ? undefined : instant(givenAt);
  // What is still to come was not agreed to: the row proves nothing.
  const proven = isProof(consent) && given !== undefined && !isBefore(now, given);
  return {
    action: 'grant',
    phone,
    purpose,
    kind,
    evidence: { ...evidenceOf(row), ...(proven && method !== null ? { method } : {}) },
    wording: wording === null ? null : { text: wording, version: wordingVersion ?? 'as imported', language: null },
    needsConfirmation: false,
    validUntil: 'by_policy',
    occurredAt: proven ? given : (finishedAt ?? now),
    by: { actor: row.actor, name: row.recordedBy },
  };
}
