import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { startImportBatch } from '../validation/start-batch.ts';
import { getValidationSettings } from '../validation/validation-settings-store.ts';

/**
 * Begins to validate the numbers of an import, in its transaction, when the settings or the importer want it. The import itself waits
 * for no service: its contacts are there at once, unverified. After `settleStaged`, whose `import_known` has the contacts of the file
 * that were there before.
 */
export async function validateImported(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  request: { readonly importId: Uuid; readonly actor: string; readonly wanted: boolean },
): Promise<void> {
  const { importMode } = await getValidationSettings(tx);
  if (importMode === 'off' || (importMode === 'optional' && !request.wanted)) return;
  const { importId, actor } = request;
  const phones = sql`
    select c.phone from contact c where c.import_id = ${importId}::uuid union select k.phone from import_known k`;
  const started = await startImportBatch(tx, deps, { importId, actor, phones });
  if (!started.ok) throw new Error(started.error.message);
}
