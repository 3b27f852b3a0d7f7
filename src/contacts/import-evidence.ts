import { type RawBuilder, sql } from 'kysely';

/**
 * Who wins where both a staged row (`s`) and a contact (`c`) have a value. The file is newer knowledge than a contact that was there
 * before; of a contact that the same import added, the earlier row stays. What the loser has fills the gaps of the winner, so that
 * nothing is ever blanked.
 */
export interface Preference {
  readonly of: (column: RawBuilder<unknown>) => RawBuilder<unknown>;
  readonly attributes: RawBuilder<unknown>;
}

export const fromFile: Preference = {
  of: (column) => sql`coalesce(s.${column}, c.${column})`,
  attributes: sql`(c.attributes || s.attributes)`,
};

export const fromContact: Preference = {
  of: (column) => sql`coalesce(c.${column}, s.${column})`,
  attributes: sql`(s.attributes || c.attributes)`,
};

const FIELD_COLUMNS = [
  'first_name',
  'last_name',
  'email',
  'company',
  'street',
  'city',
  'state',
  'postal_code',
] as const;

/** `first_name = coalesce(...), ...` for every field: the SET list of an update of `c`. */
export const preferredFields = ({ of }: Preference): RawBuilder<unknown> =>
  sql.join(FIELD_COLUMNS.map((name) => sql`${sql.raw(name)} = ${of(sql.raw(name))}`));

/** Whether the preferred values differ from those of the contact. Tags are compared without case; those of the contact stay. */
export const changes = ({ of, attributes }: Preference): RawBuilder<boolean> => sql`(
  (${sql.join(FIELD_COLUMNS.map((name) => of(sql.raw(name))))}) is distinct from
  (${sql.join(FIELD_COLUMNS.map((name) => sql`c.${sql.raw(name)}`))})
  or ${attributes} <> c.attributes
  or exists (select from unnest(s.tags) as new where lower(new) not in (select lower(old) from unnest(c.tags) as old))
)`;

/** The tags of both, sorted; of two spellings that differ in case only, that of the contact. */
export const unitedTags = sql`(
  select coalesce(array_agg(tag order by tag collate "C"), '{}') from (
    select distinct on (lower(tag)) tag from unnest(c.tags || s.tags) with ordinality as both_tags (tag, position)
    order by lower(tag), position
  ) spelled)`;

/** What `plausibleZones` looks at: equal values mean one zone group. The first three digits stand for a ZIP code. */
export const zoneEvidence = ({ of }: Preference) => ({
  areaCode: sql`substr(s.phone, 3, 3)`,
  state: sql`coalesce(${of(sql`state`)}, '')`,
  zip: sql`coalesce(substring(${of(sql`postal_code`)} from '^([0-9]{3})[0-9]{2}($|[^0-9])'), '')`,
});
