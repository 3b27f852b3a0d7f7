import { type RawBuilder, sql } from 'kysely';
import type { Uuid } from '../platform/ids.ts';
import { CAMPAIGN_PURPOSE } from './consent.ts';
import { reachesBeyondLaw } from './consent-policy.ts';
import { DNC_KINDS, type DncKind, OWN_KINDS, REGISTRY_KINDS } from './dnc-rules.ts';
import type { EligibilityFacts, EligibilityRule } from './eligibility-rule.ts';
import { consentReasonSql } from './needs-consent.ts';
import type { RuleInputs } from './rule-inputs.ts';

/**
 * The rules of do-not-call lists, over `contact c`. Each list costs one row of dnc_block by its primary key and one bit of it; the few rows
 * of dnc_list are read whole, by the statement itself: the blocks of a version go when a newer one comes into force. `case` keeps the order:
 * who is on no list is not asked about consents and exemptions.
 */
type Facts = Pick<EligibilityFacts, 'now' | 'dncStaleBefore' | 'dncKinds' | 'consent'>;

const PHONE = sql`c.phone`;
const blockOf = (phone: RawBuilder<unknown>) => sql`substr(${phone}, 3, 6)::int`;
const placeOf = (phone: RawBuilder<unknown>) => sql`substr(${phone}, 9, 4)::int`;
/** Of when the data of list `l` about this person are: of a service, its answer `k`. */
const DATA_OF = sql`case when l.service is null then l.as_of else k.checked_at end`;

const listedOn = (kinds: readonly string[]) => sql`
  from dnc_list l join dnc_block b on b.set_id = l.set_id and b.block = ${blockOf(PHONE)}
  left join scrubbed_number k on k.service = l.service and k.phone = c.phone
  where l.retired_at is null and l.kind = any(${kinds}::text[]) and get_bit(b.bits, ${placeOf(PHONE)}) = 1`;

/** The same as a yes or no. The lists are read once for a whole statement: each person costs one search of the primary key per list. */
export const isListedOn = (kinds: readonly DncKind[], phone: RawBuilder<unknown> = PHONE) => sql<boolean>`exists (
  select 1 from dnc_block b
  where b.set_id = any(array(select l.set_id from dnc_list l where l.retired_at is null and l.kind = any(${kinds}::text[])))
    and b.block = ${blockOf(phone)} and get_bit(b.bits, ${placeOf(phone)}) = 1)`;

/** Primary key of consent. */
const agreedInWriting = (now: Facts['now']) => sql<boolean>`exists (
  select 1 from consent k where k.phone = c.phone and k.purpose = ${CAMPAIGN_PURPOSE} and k.kind = 'express_written'
    and k.valid_from <= ${now} and (k.valid_until is null or k.valid_until > ${now}))`;

/** Ends with the wish to be left alone, also when START has lifted that since. Index dnc_exemption_phone, primary key of consent. */
const exempted = (now: Facts['now']) => sql<boolean>`exists (
  select 1 from dnc_exemption x where x.phone = c.phone and x.ended_at is null and x.valid_from <= ${now} and x.valid_until > ${now}
    and not exists (select 1 from consent o where o.phone = c.phone and o.purpose = ${CAMPAIGN_PURPOSE} and o.state = 'opted_out'))`;

/** The exemption that holds longest. */
export const exemptionSql = (now: Facts['now']): RawBuilder<Uuid | null> => sql<Uuid | null>`(
  select x.id from dnc_exemption x where x.phone = c.phone and x.ended_at is null and x.valid_from <= ${now} and x.valid_until > ${now}
  order by x.valid_until desc, x.id limit 1)`;

/** The lists that are asked, each with the day of its data. */
export const listsAskedSql = sql<readonly string[] | null>`(
  select array_agg(l.name || coalesce(' of ' || to_char(l.as_of at time zone 'UTC', 'YYYY-MM-DD'), ' without data') order by l.name)
  from dnc_list l where l.retired_at is null)`;

export const isCold = (now: Facts['now']) => sql<boolean>`not (${agreedInWriting(now)} or ${exempted(now)})`;

/**
 * Lists of registries that cannot be relied on; one of a state matters to whoever may be there, and to those of unknown place. A list that a
 * service fills is as old as its answer about this very number, and knows nothing of one that it was never asked about. Primary key of
 * scrubbed_number.
 */
const stale = ({ dncStaleBefore }: Facts) => sql`
  from dnc_list l left join scrubbed_number k on k.service = l.service and k.phone = c.phone
  where l.retired_at is null and l.kind = any(${REGISTRY_KINDS}::text[])
    and coalesce(${DATA_OF} < ${dncStaleBefore}, true)
    and (l.kind = 'national' or c.zone_group like '|%' or l.state = any(string_to_array(split_part(c.zone_group, '|', 1), ',')))`;

/** Marketing while there is no list of the nation at all: of whoever is texted cold nobody knows whether they are on it. */
export const lacksNational = ({ consent, dncKinds }: Pick<Facts, 'consent' | 'dncKinds'>): boolean =>
  consent?.purpose === CAMPAIGN_PURPOSE && !dncKinds.includes('national');

/** Who is asked for what the law asks is not cold, or is left out for want of that. */
export const coldLackNational = (facts: Pick<Facts, 'consent' | 'dncKinds'>): boolean =>
  lacksNational(facts) && facts.consent !== null && reachesBeyondLaw(facts.consent);

const firstOf = (lists: RawBuilder<unknown>): RawBuilder<RuleInputs> => sql<RuleInputs>`coalesce((
  select jsonb_build_object('list', l.name, 'dataOf', to_char(${DATA_OF} at time zone 'UTC', 'YYYY-MM-DD')) ${lists} order by l.name limit 1),
  '{"list": null}')`;

const unlessExempt = (listed: RawBuilder<boolean>, now: Facts['now']): RawBuilder<boolean> =>
  sql<boolean>`case when ${listed} then ${isCold(now)} else false end`;

const exemptions = ({ now }: Facts): RawBuilder<RuleInputs> =>
  sql<RuleInputs>`jsonb_build_object('agreedInWriting', ${agreedInWriting(now)}, 'exempted', ${exempted(now)})`;

export const STALE_CODE = 'do_not_call_stale';

const LISTED_RULES: readonly EligibilityRule[] = [
  {
    code: 'do_not_call',
    sentence: 'On a do-not-call list that knows no exception',
    otherwise: 'On none of the do-not-call lists that know no exception',
    forbids: () => isListedOn(OWN_KINDS),
    inputs: () => firstOf(listedOn(OWN_KINDS)),
    matters: ({ dncKinds }) => dncKinds.some((kind) => OWN_KINDS.includes(kind)),
  },
  {
    code: 'do_not_call_registry',
    sentence: 'On a do-not-call registry, without written consent or recent business',
    otherwise: 'Not on a do-not-call registry, or exempt from it',
    forbids: ({ now }) => unlessExempt(isListedOn(REGISTRY_KINDS), now),
    inputs: (facts) => sql<RuleInputs>`${firstOf(listedOn(REGISTRY_KINDS))} || ${exemptions(facts)}`,
    matters: ({ dncKinds }) => dncKinds.some((kind) => REGISTRY_KINDS.includes(kind)),
  },
];

const AGE_RULES: readonly EligibilityRule[] = [
  {
    code: STALE_CODE,
    // A launch leaves them out, and says how many: a file that comes later must not text ten thousand people of whom nobody thought.
    delays: 'enrolled',
    sentence: 'A do-not-call registry’s list is missing or too old, so nobody knows whether this person is on it',
    otherwise: 'The do-not-call registries’ lists are new enough, or this person is exempt from them',
    // Whoever is left out for want of a consent would not be texted with a list either.
    forbids: (facts) =>
      coldLackNational(facts)
        ? sql<boolean>`(${consentReasonSql(facts)} is null and ${isCold(facts.now)})`
        : unlessExempt(sql<boolean>`exists (select 1 ${stale(facts)})`, facts.now),
    inputs: (facts) =>
      sql<RuleInputs>`${firstOf(stale(facts))} || ${exemptions(facts)} || jsonb_build_object('nationalList', ${facts.dncKinds.includes('national')}::boolean)`,
    matters: (facts) => facts.dncIsStale || coldLackNational(facts),
  },
];

export const DNC_ELIGIBILITY: readonly EligibilityRule[] = [...LISTED_RULES, ...AGE_RULES];

/**
 * Over `contact c`: the code of the first of these rules that leaves it out, or null. Hardly anybody is on any list: all are searched at
 * once. With a search for each rule, whole claims with three lists in force took 1.24 times as long as with none; so they take as long.
 */
export function dncReasonSql(
  facts: EligibilityFacts,
  { asksAge }: { readonly asksAge: boolean },
): RawBuilder<string | null> {
  const listed = reasonOf(LISTED_RULES, facts);
  const age = asksAge ? reasonOf(AGE_RULES, facts) : NO_REASON;
  return facts.dncKinds.length === 0
    ? age
    : sql<string | null>`coalesce(case when ${isListedOn(DNC_KINDS)} then ${listed} end, ${age})`;
}

const NO_REASON = sql<string | null>`null::text`;

function reasonOf(rules: readonly EligibilityRule[], facts: EligibilityFacts): RawBuilder<string | null> {
  const cases = rules
    .filter(({ matters }) => matters?.(facts) ?? true)
    .map((rule) => sql`when ${rule.forbids(facts)} then ${rule.code}::text`);
  return cases.length === 0 ? NO_REASON : sql<string | null>`case ${sql.join(cases, sql` `)} end`;
}
