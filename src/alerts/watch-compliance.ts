import { dncAge, REGISTRY_KINDS, staleFrom } from '../compliance/dnc-rules.ts';
import { listDncLists } from '../compliance/dnc-store.ts';
import { readOverdueSince } from '../compliance/seal-store.ts';
import { overdueBefore } from '../compliance/verify-audit.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import type { ComplianceConcern } from './decide-compliance-alerts.ts';

/** Lists of registries that are too old or soon will be, and an audit log that nobody seals. Small tables, and the queue of a second. */
export async function listComplianceConcerns(tx: Tx, clock: Clock): Promise<readonly ComplianceConcern[]> {
  const since = await readOverdueSince(tx, overdueBefore(clock));
  const audit: readonly ComplianceConcern[] = since === null ? [] : [{ kind: 'audit_behind', since }];
  return [...audit, ...(await listOldLists(tx, clock.now()))];
}

async function listOldLists(tx: Tx, now: Instant): Promise<readonly ComplianceConcern[]> {
  const asked = (await listDncLists(tx)).filter(
    ({ kind, retiredAt }) => retiredAt === null && REGISTRY_KINDS.includes(kind),
  );
  return asked.flatMap((list): readonly ComplianceConcern[] => {
    const { id, name, asOf } = list;
    const age = dncAge(list, now);
    if (age === 'current') return [];
    const kind = age === 'ageing' ? 'dnc_list_ageing' : 'dnc_list_stale';
    return [{ kind, id, name, data: asOf === null ? null : { asOf, staleFrom: staleFrom(asOf, now) } }];
  });
}
