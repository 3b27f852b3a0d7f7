import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { type Database, type Db, runTx } from '../platform/database.ts';
import { madeAtMs, type NewUuid, type Uuid } from '../platform/ids.ts';
import type { JobQueue } from '../platform/jobs.ts';
import { notifyLive } from '../platform/live.ts';
import { addMs, DAY_MS } from '../platform/time.ts';
import { importBlobs } from './import-files.ts';
import { expireRuns, listRunning, listRunsOfOneProcess } from './import-list-store.ts';
import { markFailed } from './import-run-store.ts';
import { tryHoldRun } from './import-store.ts';
import { recordImportedConsents } from './record-imported-consents.ts';

/** A file that was uploaded and not imported is a list of people that nobody asked us to keep. */
export const UPLOAD_KEPT_DAYS = 7;

const EXPIRED = `not imported within ${UPLOAD_KEPT_DAYS} days of its upload, and removed; upload the file again to import it`;
const DEAD =
  'interrupted: the command that imported this file was ended, and nothing of it was kept; run it again (what is there already stays as it is)';

interface TidyServices {
  readonly config: Pick<Config, 'dataDir'>;
  readonly database: Database;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** Every minute. What it does not come to, the next one does. */
export const tidyImportsJob = (services: TidyServices): JobQueue & { handle(): Promise<void> } => ({
  name: 'tidy-imports',
  perKey: false,
  cron: '* * * * *',
  retryLimit: 0,
  batchSize: 1,
  handle: () => tidyImports(services),
});

/** Ends the runs whose process is gone and those that were never begun, and removes the files that nobody needs any more. */
export async function tidyImports(services: TidyServices): Promise<void> {
  const { database, clock } = services;
  await endDeadRuns(services);
  await recordImportedConsents(services);
  const now = clock.now();
  const before = addMs(now, -UPLOAD_KEPT_DAYS * DAY_MS);
  const expired = await expireRuns(database.db, { before, now, error: EXPIRED });
  await tell(database.db, expired);
  await removeOldFiles(services, before.epochMilliseconds);
}

/** A server's import is taken up again by its job; one of the command line has none, and ends with its process. */
async function endDeadRuns({ database: { db }, clock }: TidyServices): Promise<void> {
  for (const id of await listRunsOfOneProcess(db)) {
    const ended = await runTx(db, async (tx) => {
      if (!(await tryHoldRun(tx, id))) return false;
      await markFailed(tx, { id, now: clock.now(), error: DEAD });
      return true;
    });
    if (ended) await tell(db, [id]);
  }
}

/** Whatever lies there: of an expired run, of an upload or a removal that was cut short by a kill. */
async function removeOldFiles({ config, database: { db } }: TidyServices, beforeMs: number): Promise<void> {
  const blobs = importBlobs(config);
  const old = (await blobs.list()).filter((id) => madeAtMs(id) < beforeMs);
  if (old.length === 0) return;
  const needed = new Set(await listRunning(db, old));
  for (const id of old) if (!needed.has(id)) await blobs.remove(id);
}

const tell = (db: Db, ids: readonly Uuid[]): Promise<void> =>
  notifyLive(
    db,
    ids.map((id) => `import:${id}`),
  );
