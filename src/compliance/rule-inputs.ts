import { type RawBuilder, sql } from 'kysely';

/** What a rule looked at: plain values, kept with a decision and shown with its explanation. */
export type RuleInputs = Readonly<Record<string, RuleInput>>;
export type RuleInput = string | number | boolean | null | readonly string[];

/** An instant inside a JSON object, written as everywhere. */
export const utcText = (at: RawBuilder<unknown>): RawBuilder<string | null> =>
  sql<string | null>`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
