import { type RawBuilder, sql } from 'kysely';
import type { AskedConsent } from '../compliance/consent-policy.ts';
import { type DncKind, REGISTRY_KINDS, staleBefore } from '../compliance/dnc-rules.ts';
import type { EligibilityFacts } from '../compliance/eligibility-rule.ts';
import { DEFAULT_NUMBER_POLICY, NUMBER_SETTING, type NumberPolicy } from '../compliance/number-policy.ts';
import { AREA_CODES_OUTSIDE_US, TOLL_FREE_AREA_CODES } from '../contacts/area-codes.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';

/** What the rules of eligibility depend on besides the contact. `consent` is what the campaign asks for; left out, none is asked for. */
export async function readEligibilityFacts(
  db: Db | Tx,
  now: Instant,
  consent: AskedConsent | null = null,
): Promise<EligibilityFacts> {
  return eligibilityFacts(await readStanding(db, now), now, consent);
}

export async function readStanding(db: Db | Tx, now: Instant): Promise<Standing> {
  const { rows } = await sql<{ standing: Standing }>`select ${standingSql(now)} as standing`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('standing of the rules of eligibility: one row expected, none came');
  return row.standing;
}

/** A `Standing`, for a statement that is also to tell whether the one that it was made for still holds. */
export const standingSql = (now: Instant): RawBuilder<Standing> => sql<Standing>`jsonb_build_object(
      'dncKinds', array(select distinct kind from dnc_list where retired_at is null order by kind),
      'dncIsStale', exists (select 1 from dnc_list l where l.retired_at is null and l.kind = any(${REGISTRY_KINDS}::text[])
        and (l.as_of is null or l.as_of < ${staleBefore(now)} or l.service is not null)),
      'numbersAreHeld', exists (select 1 from opt_out_review where decided_at is null),
      'numbersAreReassigned', exists (select 1 from reassigned_number where answer = 'yes'),
      'numbersWereAsked', exists (select 1 from number_validation),
      'numberPolicy', (select value from setting where key = ${NUMBER_SETTING}))`;

export function eligibilityFacts(
  { numberPolicy, ...standing }: Standing,
  now: Instant,
  consent: AskedConsent | null,
): EligibilityFacts {
  return {
    ...standing,
    now,
    outsideUsAreaCodes: [...AREA_CODES_OUTSIDE_US],
    tollFreeAreaCodes: [...TOLL_FREE_AREA_CODES],
    dncStaleBefore: staleBefore(now),
    consent,
    numberPolicy: {
      excludes: { ...DEFAULT_NUMBER_POLICY.excludes, ...numberPolicy?.excludes },
      maxAgeDays: numberPolicy?.maxAgeDays ?? DEFAULT_NUMBER_POLICY.maxAgeDays,
    },
  };
}

/** What is saved of policy and lists, and whether a rule can forbid anybody at all. */
export interface Standing
  extends Pick<
    EligibilityFacts,
    'dncKinds' | 'dncIsStale' | 'numbersAreHeld' | 'numbersAreReassigned' | 'numbersWereAsked'
  > {
  readonly dncKinds: readonly DncKind[];
  readonly numberPolicy: Partial<NumberPolicy> | null;
}
