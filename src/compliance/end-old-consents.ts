import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { type Database, type Db, runTx, type Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import type { JobQueue } from '../platform/jobs.ts';
import type { Instant } from '../platform/time.ts';
import { CONSENT_KINDS, type ConsentKind, type ConsentPurpose } from './consent.ts';
import { type ConsentMonths, getConsentValidity } from './consent-validity-store.ts';
import { holdFree } from './lock-number.ts';
import { recordConsent } from './record-consent.ts';

interface Deps {
  readonly database: Database;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** What is older than a kind lasts has ended; never: nothing has. */
const givenBefore = (months: number | null, now: Instant): Instant | null =>
  months === null ? null : now.toZonedDateTimeISO('UTC').subtract({ months }).toInstant();

export type ValidityEffect = Readonly<Record<ConsentKind, { readonly inForce: number; readonly older: number }>>;

/** How many contacts a policy would exclude if it held for all that is recorded. Index consent_in_force. */
export async function readValidityEffect(db: Db, months: ConsentMonths, now: Instant): Promise<ValidityEffect> {
  const { rows } = await sql<{ kind: ConsentKind; inForce: number; older: number }>`
    select k.kind, count(distinct k.phone) as in_force, count(distinct k.phone) filter (where k.valid_from <= case k.kind
      when 'express' then ${givenBefore(months.express, now)}::timestamptz else ${givenBefore(months.express_written, now)}::timestamptz end) as older
    from consent k join contact c on c.phone = k.phone
    where k.kind is not null and (k.valid_until is null or k.valid_until > ${now}) group by k.kind`.execute(db);
  const of = (kind: ConsentKind) => {
    const { inForce = 0, older = 0 } = rows.find((row) => row.kind === kind) ?? {};
    return { inForce, older };
  };
  return { express: of('express'), express_written: of('express_written') };
}

/** Every minute. */
export const oldConsentsJob = (deps: Deps): JobQueue => ({
  name: 'end-old-consents',
  perKey: false,
  cron: '* * * * *',
  retryLimit: 0,
  batchSize: 1,
  handle: () => endOldConsents(deps),
});

/** Numbers whose consents end in one transaction. */
const BATCH = 50;

/**
 * Ends the consents that are older than their kind lasts, when an owner wants it for those that were recorded before too: by an event each,
 * number by number, since one transaction cannot hold the locks of a million of them. What waits for its confirmation is let be.
 */
export async function endOldConsents({ database, ...deps }: Deps): Promise<void> {
  const validity = await getConsentValidity(database.db);
  if (!validity.alsoRecorded) return;
  for (const kind of CONSENT_KINDS) {
    const months = validity[kind];
    const before = givenBefore(months, deps.clock.now());
    if (months === null || before === null) continue;
    while ((await runTx(database.db, (tx) => endBatch(tx, deps, { kind, months, before }))) > 0);
  }
}

/** How many ended; numbers that somebody else holds are left for later. */
async function endBatch(
  tx: Tx,
  deps: Omit<Deps, 'database'>,
  old: { readonly kind: ConsentKind; readonly months: number; readonly before: Instant },
): Promise<number> {
  const { kind, months, before } = old;
  const now = deps.clock.now();
  const isOld = sql`k.kind = ${kind} and k.valid_from <= ${before} and (k.valid_until is null or k.valid_until > ${now}) and k.state <> 'pending'`;
  const { rows } = await sql<{ phone: string }>`
    select k.phone from consent k where ${isOld} order by k.valid_from limit ${BATCH}`.execute(tx);
  const held = await holdFree(tx, [...new Set(rows.map(({ phone }) => phone))]);
  // Read anew: somebody may have agreed again before the number was held.
  const { rows: mine } = await sql<{ phone: string; purpose: ConsentPurpose }>`
    select k.phone, k.purpose from consent k where k.phone = any(${[...held]}::text[]) and ${isOld}`.execute(tx);
  for (const { phone, purpose } of mine) {
    const ended = await recordConsent(tx, deps, {
      action: 'expire',
      phone,
      purpose,
      evidence: { source: 'policy', policy: `such consents last ${months === 1 ? '1 month' : `${months} months`}` },
      occurredAt: now,
      by: { actor: 'system', name: 'Textwright' },
    });
    if (!ended.ok) throw new Error(`a consent that is too old did not end: ${ended.error.message}`);
  }
  return mine.length;
}
