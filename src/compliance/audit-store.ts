import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { AuditAction } from './audit-action.ts';

export interface AuditEntry {
  readonly id: Uuid;
  readonly at: Instant;
  /** `user:<id>`, `api_key:<id>`, `contact` (the person on the phone) or `system`. */
  readonly actor: string;
  readonly action: AuditAction;
  /** Shown id or number that the act was about. */
  readonly subject: string;
  readonly phone?: string;
  readonly detail: object;
}

/** Appends one entry, in the transaction of the act itself. */
export async function recordAudit(tx: Tx, entry: AuditEntry): Promise<void> {
  await sql`insert into audit_entry (id, at, actor, action, subject, phone, detail)
    values (${entry.id}, ${entry.at}, ${entry.actor}, ${entry.action}, ${entry.subject}, ${entry.phone ?? null}, ${JSON.stringify(entry.detail)})`.execute(
    tx,
  );
}
