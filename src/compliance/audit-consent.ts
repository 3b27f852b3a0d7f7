import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import type { ConsentToAppend } from './append-consent.ts';
import type { AuditAction } from './audit-action.ts';
import { recordAudit } from './audit-store.ts';
import type { ConsentAction } from './consent.ts';

const PAST_TENSE: Readonly<Record<ConsentAction, AuditAction>> = {
  grant: 'consent.granted',
  confirm: 'consent.confirmed',
  revoke: 'consent.revoked',
  expire: 'consent.expired',
};

/** The entry of the audit log about an event of consent that this transaction has added under `id`. */
export async function auditConsent(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: ConsentToAppend,
  id: Uuid,
): Promise<void> {
  const { phone, action, purpose, evidence, occurredAt, by } = input;
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: deps.clock.now(),
    actor: by.actor,
    action: PAST_TENSE[action],
    subject: showId('consent', id),
    phone,
    detail: {
      by: by.name,
      purpose,
      ...(input.action === 'grant' ? { kind: input.kind, wordingVersion: input.wording?.version ?? null } : {}),
      source: evidence.source,
      occurredAt: occurredAt.toString(),
    },
  });
}
