import { sql } from 'kysely';
import { type Clock, patience } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { Live } from '../platform/live.ts';
import { addMs, type Instant, isBefore, MINUTE_MS } from '../platform/time.ts';

/** The values that filters and audience rules can choose from, most used first. */
export interface ContactFacets {
  readonly tags: readonly { readonly value: string; readonly count: number }[];
  readonly states: readonly { readonly value: string; readonly count: number }[];
  readonly cities: readonly { readonly value: string; readonly state: string | null; readonly count: number }[];
  /** Names of imported attributes, by name. */
  readonly attributes: readonly string[];
}

const VALUES_MAX = 200;
const AGE_REAL_MS_MAX = MINUTE_MS;

/**
 * For what can only be known by reading every contact (0.7 s with 1,000,000): the answer of `read` is kept in memory until contacts
 * change (an import, an edit, in any process) or a minute has passed. Requests that come meanwhile share one reading.
 */
export function keptUntilContactsChange<T>(
  services: { readonly clock: Clock; readonly live: Live },
  read: () => Promise<T>,
): () => Promise<T> {
  const { clock, live } = services;
  let kept: { readonly answer: Promise<T>; readonly until: Instant } | undefined;
  const forget = (): void => {
    kept = undefined;
  };
  live.subscribe('contacts', forget);
  return () => {
    const now = clock.now();
    if (kept === undefined || !isBefore(now, kept.until)) {
      const answer = read();
      kept = { answer, until: addMs(now, patience(clock, AGE_REAL_MS_MAX)) };
      answer.catch(forget);
    }
    return kept.answer;
  };
}

export async function readContactFacets(db: Db): Promise<ContactFacets> {
  const tags = await sql<{ value: string; count: number }>`
    select tag as value, count(*) as count from contact, unnest(tags) as tag
    group by 1 order by 2 desc, 1 limit ${VALUES_MAX}`.execute(db);
  // The next two read index contact_place only.
  const states = await sql<{ value: string; count: number }>`
    select state as value, count(*) as count from contact where state is not null
    group by 1 order by 2 desc, 1 limit ${VALUES_MAX}`.execute(db);
  const cities = await sql<{ value: string; state: string | null; count: number }>`
    select city as value, state, count(*) as count from contact where city is not null
    group by 1, 2 order by 3 desc, 1, 2 limit ${VALUES_MAX}`.execute(db);
  return { tags: tags.rows, states: states.rows, cities: cities.rows, attributes: await readAttributeNames(db) };
}

export async function readAttributeNames(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct name from contact, jsonb_object_keys(attributes) as name order by 1 limit ${VALUES_MAX}`.execute(
    db,
  );
  return rows.map((row) => row.name);
}
