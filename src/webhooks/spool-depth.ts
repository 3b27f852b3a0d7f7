import { type Instant, isBefore } from '../platform/time.ts';
import type { NewEvent } from './event-store.ts';
import type { Spool } from './spool.ts';

/** What waits on the disk of one machine, for people. */
export interface SpoolDepth {
  readonly files: number;
  /** Of those: not wholly readable. They stay until a person has looked at them. */
  readonly damaged: number;
  /** In the readable files. */
  readonly events: number;
  /** When the first of these events came in. */
  readonly oldest: Instant | undefined;
}

/** What one file holds. */
type FileDepth = Omit<SpoolDepth, 'files'>;

const NOTHING: SpoolDepth = { files: 0, damaged: 0, events: 0, oldest: undefined };
const DAMAGED: FileDepth = { damaged: 1, events: 0, oldest: undefined };

/** Asks how much waits; each file is read once however often that is asked, for it never changes. */
export function spoolDepth({ list, read }: Pick<Spool, 'list' | 'read'>): () => Promise<SpoolDepth> {
  let known: ReadonlyMap<string, FileDepth> = new Map();
  return async () => {
    const counted = new Map<string, FileDepth>();
    for (const name of await list())
      counted.set(name, known.get(name) ?? (await read(name).then(countFile, () => DAMAGED)));
    known = counted;
    return [...counted.values()].reduce(plus, NOTHING);
  };
}

const countFile = (events: readonly NewEvent[]): FileDepth => ({
  damaged: 0,
  events: events.length,
  oldest: events.map(({ receivedAt }) => receivedAt).reduce<Instant | undefined>(earlier, undefined),
});

const plus = (sum: SpoolDepth, file: FileDepth): SpoolDepth => ({
  files: sum.files + 1,
  damaged: sum.damaged + file.damaged,
  events: sum.events + file.events,
  oldest: earlier(sum.oldest, file.oldest),
});

const earlier = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined || (b !== undefined && isBefore(b, a)) ? b : a;
