import type { NewAlert } from '../alerts/alert.ts';
import { type AlertDeps, raiseAlert, resolveAlert } from '../alerts/raise-alert.ts';
import { patience } from '../platform/clock.ts';
import { type Database, runTx } from '../platform/database.ts';
import { addMs, type Instant, isBefore, MINUTE_MS } from '../platform/time.ts';
import type { SpoolDepth } from './spool-depth.ts';

/** While the database answers, a file is brought in within seconds. */
const STUCK_AFTER_MS = 2 * MINUTE_MS;

export interface SpoolPlace {
  readonly depth: () => Promise<SpoolDepth>;
  /** Whose disk it is, as its owner calls it. */
  readonly machine: string;
}

/**
 * Looks at what is left on the disk after it was brought in, and tells people of files that stay: damaged ones, and such as are refused
 * again and again. The database hears of it when that changes.
 */
export function spoolWatch(
  services: AlertDeps & { readonly database: Database },
  { depth, machine }: SpoolPlace,
): () => Promise<void> {
  const key = { kind: 'spool_stuck', subject: `spool:${machine}` } as const;
  let told: string | undefined;
  return async () => {
    const wrong = wrongWith(await depth(), addMs(services.clock.now(), -patience(services.clock, STUCK_AFTER_MS)));
    if (wrong === told) return;
    await runTx(services.database.db, (tx) =>
      wrong === '' ? resolveAlert(tx, services, key) : raiseAlert(tx, services, { ...key, ...said(wrong, machine) }),
    );
    told = wrong;
  };
}

/** Empty when nothing is. */
function wrongWith({ damaged, oldest }: SpoolDepth, before: Instant): string {
  const stays = oldest !== undefined && isBefore(oldest, before);
  return [
    ...(damaged === 0 ? [] : [damaged === 1 ? 'a file is damaged' : `${damaged} files are damaged`]),
    ...(stays ? ['events stay there although the database answers'] : []),
  ].join(', and ');
}

const said = (wrong: string, machine: string): Pick<NewAlert, 'headline' | 'summary' | 'link' | 'detail'> => ({
  headline: `${machine}: events on the disk are not brought in`,
  summary: `Of what the disk of ${machine} kept while the database was away, ${wrong}. Look in the log of the server for "cannot be brought in": it names the file in the folder "spool" of the data folder. Keep a copy of a damaged file and move it elsewhere; what its readable lines tell is found again by reconciliation.`,
  link: '/operations/throughput',
  detail: { machine, wrong },
});
