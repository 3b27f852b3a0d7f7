import type { Clock } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { listAuditRows } from './audit-read-store.ts';
import { recordAudit } from './audit-store.ts';
import { type NotedVerdict, notedSentence } from './audit-words.ts';
import { type AuditBreak, type AuditVerdict, type VerifyOptions, verifyAudit } from './verify-audit.ts';

/** When somebody last verified the log, and what they found. */
export interface LastVerification {
  readonly at: Instant;
  readonly actor: string;
  readonly actorName: string | null;
  readonly state: AuditVerdict['state'];
  readonly sentence: string;
  /** Entries whose seal was recomputed and fitted. */
  readonly checked: number;
}

const ACTION = 'audit.verified';

/** A verification is an act like others, and is kept where they are: in the log itself, behind what it has looked at. */
export async function verifyAndNote(
  services: { readonly db: Db; readonly clock: Clock; readonly newUuid: NewUuid },
  { actor, ...options }: VerifyOptions & { readonly actor: string },
): Promise<AuditVerdict> {
  const { db, clock, newUuid } = services;
  const verdict = await verifyAudit(services, options);
  const { state, checked, head, broken } = verdict;
  const detail: NotedVerdict = { state, checked, head, broken: broken === null ? null : placeOf(broken) };
  await runTx(db, (tx) =>
    recordAudit(tx, { id: newUuid(), at: clock.now(), actor, action: ACTION, subject: 'audit_log', detail }),
  );
  return verdict;
}

const placeOf = (broken: AuditBreak): NonNullable<NotedVerdict['broken']> => ({
  kind: broken.kind,
  seq: 'seq' in broken ? broken.seq : null,
});

export async function readLastVerification(db: Db | Tx): Promise<LastVerification | undefined> {
  const [found] = await listAuditRows(db, { filter: { action: ACTION }, before: undefined, limit: 1 });
  if (found === undefined) return undefined;
  const { at, actor, actorName } = found;
  const noted = found.detail as NotedVerdict;
  return { at, actor, actorName, state: noted.state, checked: noted.checked, sentence: notedSentence(noted) };
}
