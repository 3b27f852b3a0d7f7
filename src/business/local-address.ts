import { type Db, runTx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import { getSetting, putSetting } from './business-store.ts';

const KEY = 'local_address';
type Stored = { readonly version: 1; readonly url: string; readonly machine: string };

/** A server takes the next free port when its own is taken: it writes down where it listens, for commands on the same machine. */
export const keepLocalAddress = (
  db: Db,
  { url, machine }: Pick<Stored, 'url' | 'machine'>,
  now: Instant,
): Promise<void> =>
  runTx(db, (tx) => putSetting(tx, { key: KEY, value: { version: 1, url, machine } satisfies Stored, now }));

/** Of the server that was started last, if that was on this machine. */
export async function getLocalAddress(db: Db, machine: string): Promise<string | undefined> {
  const kept = await getSetting<Stored>(db, KEY);
  return kept?.machine === machine ? kept.url : undefined;
}
