import type { Clock } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import type { AuditAction } from './audit-action.ts';
import { type AuditEntry, recordAudit } from './audit-store.ts';

export interface NoteDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

type ExportEntry = Omit<AuditEntry, 'id' | 'at' | 'action'> & {
  readonly action: Extract<AuditAction, `${string}exported`>;
};

/**
 * Who takes people's data along, and which, is committed before anything of it goes out: whoever hangs up at the first byte has been
 * written down all the same.
 */
export const noteExport = ({ db, clock, newUuid }: NoteDeps, entry: ExportEntry): Promise<void> =>
  runTx(db, (tx) => recordAudit(tx, { ...entry, id: newUuid(), at: clock.now() }));
