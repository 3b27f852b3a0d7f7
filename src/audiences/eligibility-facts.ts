import { sql } from 'kysely';
import type { AskedConsent } from '../compliance/consent-policy.ts';
import { type DncKind, REGISTRY_KINDS, staleBefore } from '../compliance/dnc-rules.ts';
import type { EligibilityFacts } from '../compliance/eligibility-rule.ts';
import { DEFAULT_NUMBER_POLICY, NUMBER_SETTING, type NumberPolicy } from '../compliance/number-policy.ts';
import { AREA_CODES_OUTSIDE_US, TOLL_FREE_AREA_CODES } from '../contacts/area-codes.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';

/**
 * What the rules of eligibility depend on besides the contact. A claim reads it anew, so that it obeys the saved policy and lists.
 * `consent` is what the campaign asks for; left out, none is asked for.
 */
export async function readEligibilityFacts(
  db: Db | Tx,
  now: Instant,
  consent: AskedConsent | null = null,
): Promise<EligibilityFacts> {
  const dncStaleBefore = staleBefore(now);
  const { rows } = await sql<Standing>`
    select array(select distinct kind from dnc_list where retired_at is null) as dnc_kinds,
      exists (select 1 from dnc_list l where l.retired_at is null and l.kind = any(${REGISTRY_KINDS}::text[])
        and (l.as_of is null or l.as_of < ${dncStaleBefore} or l.service is not null)) as dnc_is_stale,
      exists (select 1 from opt_out_review where decided_at is null) as numbers_are_held,
      exists (select 1 from reassigned_number where answer = 'yes') as numbers_are_reassigned,
      exists (select 1 from number_validation) as numbers_were_asked,
      (select value from setting where key = ${NUMBER_SETTING}) as number_policy`.execute(db);
  const [standing] = rows;
  if (standing === undefined) throw new Error('eligibility facts: one row expected, none came');
  const { dncKinds, dncIsStale, numbersAreHeld, numbersAreReassigned, numbersWereAsked, numberPolicy } = standing;
  return {
    now,
    outsideUsAreaCodes: [...AREA_CODES_OUTSIDE_US],
    tollFreeAreaCodes: [...TOLL_FREE_AREA_CODES],
    dncKinds,
    dncIsStale,
    dncStaleBefore,
    numbersAreHeld,
    numbersAreReassigned,
    numbersWereAsked,
    consent,
    numberPolicy: {
      excludes: { ...DEFAULT_NUMBER_POLICY.excludes, ...numberPolicy?.excludes },
      maxAgeDays: numberPolicy?.maxAgeDays ?? DEFAULT_NUMBER_POLICY.maxAgeDays,
    },
  };
}

interface Standing
  extends Pick<
    EligibilityFacts,
    'dncKinds' | 'dncIsStale' | 'numbersAreHeld' | 'numbersAreReassigned' | 'numbersWereAsked'
  > {
  readonly dncKinds: readonly DncKind[];
  readonly numberPolicy: Partial<NumberPolicy> | null;
}
