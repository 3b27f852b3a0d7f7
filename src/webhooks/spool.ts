/**
 * Where events wait while the database is away: files that are written once, flushed to the disk and never changed, so that a
 * process may be killed at any moment, and any process of the machine may bring in what another one has left.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { madeAtMs, type Uuid } from '../platform/ids.ts';
import { type Instant, instant } from '../platform/time.ts';
import { syncFolder, writeWholeFile } from '../platform/whole-file.ts';
import type { NewEvent } from './event-store.ts';

export interface Spool {
  /** Resolves when the events are on the disk. */
  write(name: Uuid, events: readonly NewEvent[]): Promise<void>;
  /** Names of what waits, oldest first. */
  list(): Promise<readonly string[]>;
  /** Nothing when another process has brought it in meanwhile. */
  read(name: string): Promise<readonly NewEvent[]>;
  /** After its events are in the database. */
  remove(name: string): Promise<void>;
  /**
   * Removes what writers that were killed in the middle have left, begun before then: nobody was told that it is kept, and it may
   * end anywhere.
   */
  removeUnfinished(before: Instant): Promise<void>;
}

/** In the data folder: processes that share it share what waits there. */
export const spoolFolder = (dataDir: string): string => join(dataDir, 'spool');

const SUFFIX = '.events';
/** Ends the name of what is being written in this folder; an id stands before it. */
export const UNFINISHED = '.part';

/** Files in `folder`; it is made when the first is written. Their names grow with time. */
export function spoolIn(folder: string): Spool {
  let placed = false;
  return {
    async write(name, events) {
      await writeWholeFile({
        path: join(folder, name + SUFFIX),
        draft: name + UNFINISHED,
        text: events.map(toLine).join(''),
      });
      // Where the folder is new, its own name must be on the disk too.
      if (!placed) await syncFolder(dirname(folder));
      placed = true;
    },
    async list() {
      const names = await namesIn(folder);
      return names.filter((name) => name.endsWith(SUFFIX)).sort();
    },
    async read(name) {
      const text = await readFile(join(folder, name), 'utf8').catch(orWhenMissing(''));
      return text.split('\n').flatMap((line) => (line === '' ? [] : [fromLine(line, name)]));
    },
    remove: (name) => rm(join(folder, name), { force: true }),
    async removeUnfinished(before) {
      for (const name of await namesIn(folder))
        if (name.endsWith(UNFINISHED) && madeAtMs(name) < before.epochMilliseconds)
          await rm(join(folder, name), { force: true });
    },
  };
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(orWhenMissing<string[]>([]));

const orWhenMissing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };

/** A line tells by its digest whether the disk gave back what it was given. */
function toLine(event: NewEvent): string {
  const json = JSON.stringify({ ...event, receivedAt: event.receivedAt.toString() });
  return `${digestOf(json)} ${json}\n`;
}

function fromLine(line: string, name: string): NewEvent {
  const json = line.slice(DIGEST_LENGTH + 1);
  if (digestOf(json) !== line.slice(0, DIGEST_LENGTH))
    throw new Error(`spool file ${name} is damaged: move it elsewhere, its readable lines are JSON`);
  const event = JSON.parse(json);
  return { ...event, receivedAt: instant(event.receivedAt), source: 'spool' };
}

const DIGEST_LENGTH = 16;
const digestOf = (json: string): string => createHash('sha256').update(json).digest('hex').slice(0, DIGEST_LENGTH);
