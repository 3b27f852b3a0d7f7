import { STALE_CODE } from '../compliance/dnc-eligibility.ts';
import { ruleOf } from '../compliance/eligibility.ts';
import { HELD_CODE } from '../compliance/held-number.ts';
import { NUMBER_RULES } from '../compliance/number-rules.ts';
import { instant } from '../platform/time.ts';
import type { Decision, StoredDecision } from '../sending/decision.ts';
import type { RuleCheck } from './decide-checks.ts';
import { localTime } from './local-time.ts';

const held = { forbids: false, remedy: '' } as const;

/** The rules as they were when the text to `phone` was begun, from what was stored with it: nothing is asked anew. */
export function storedChecks(
  decision: StoredDecision,
  about: { readonly phone: string; readonly zone: string },
): readonly RuleCheck[] {
  const { frequency, quietHours } = decision;
  return [
    ...eligibilityChecksOf(decision, about.phone),
    ...(decision.v === 1 ? [] : contactedChecksOf(decision)),
    {
      ...held,
      code: 'quiet_hours',
      kind: 'delays',
      sentence: `Texting was allowed where this person is until ${localTime(instant(quietHours.closesAt), about.zone)}`,
      inputs: {
        rule: quietHours.rule,
        closesAt: quietHours.closesAt,
        ...('zoneGroup' in quietHours ? { zoneGroup: quietHours.zoneGroup } : {}),
        ...('holidays' in quietHours ? { holidays: quietHours.holidays } : {}),
      },
      version: quietHours.table,
    },
    {
      ...held,
      code: 'frequency_cap',
      kind: 'delays',
      sentence: `${frequency.texts} of ${frequency.allowed} campaign texts in the 24 hours before`,
      inputs: decision.v === 1 ? frequency : { ...frequency, newestTextAt: decision.frequency.newestTextAt ?? null },
    },
    ...(decision.v === 1 ? [] : [...wordingChecks(decision), ...limitChecks(decision)]),
  ];
}

function eligibilityChecksOf(decision: StoredDecision, phone: string): readonly RuleCheck[] {
  const codes = decision.v === 1 ? decision.eligibility : decision.eligibility.rules;
  return codes.map((code) => ({
    ...held,
    code,
    kind: 'bars',
    sentence: ruleOf(code)?.otherwise ?? code,
    ...(decision.v === 1 ? { inputs: {} } : rested(code, decision, phone)),
  }));
}

/** What a rule of compliance/eligibility.ts had looked at, and by which version of the data behind it. */
type Rested = Pick<RuleCheck, 'inputs' | 'version'>;

function rested(code: string, { eligibility, quietHours }: Decision, phone: string): Rested {
  switch (code) {
    case 'opted_out':
    case 'wrong_number':
      return { inputs: { suppressionId: null } };
    case 'invalid_number':
      return { inputs: { numberState: eligibility.numberState, suppressionId: null } };
    case HELD_CODE:
      return { inputs: { reviewId: null } };
    case 'blocked_lately':
      return { inputs: { until: null } };
    case 'toll_free':
    case 'outside_us':
      return { inputs: { areaCode: phone.slice(2, 5) }, version: eligibility.areaCodes };
    case 'no_zone':
      return { inputs: { zoneGroup: quietHours.zoneGroup } };
    case 'do_not_call':
    case 'do_not_call_registry':
    case STALE_CODE:
      return listsAsked(eligibility);
    default:
      return { inputs: isNumberRule(code) ? { ...eligibility.validation } : {} };
  }
}

function listsAsked({ doNotCall }: Decision['eligibility']): Rested {
  if (doNotCall === undefined) return { inputs: {} };
  const { lists, exemptionId = null, ruleVersion: version } = doNotCall;
  return { inputs: { lists, exemptionId }, version };
}

const isNumberRule = (code: string): boolean => NUMBER_RULES.some((rule) => rule.code === code);

function contactedChecksOf({ notTextedForDays, frequency }: Decision): readonly RuleCheck[] {
  if (notTextedForDays === undefined) return [];
  return [
    {
      ...held,
      code: 'contacted_recently',
      kind: 'bars',
      sentence: `No campaign text within ${notTextedForDays} days`,
      inputs: { days: notTextedForDays, newestTextAt: frequency.newestTextAt ?? null },
    },
  ];
}

function wordingChecks({ optOutAdded }: Decision): readonly RuleCheck[] {
  if (optOutAdded === undefined) return [];
  return [
    {
      ...held,
      code: 'opt_out_wording',
      kind: 'bars',
      sentence: `The first text to this person: “${optOutAdded}” was added`,
      inputs: { added: optOutAdded },
    },
  ];
}

function limitChecks({ limits, lane }: Decision): readonly RuleCheck[] {
  const { pace, ...ofLane } = limits;
  const check: RuleCheck = {
    ...held,
    code: 'lane',
    kind: 'delays',
    sentence: `The number had sent ${limits.laneTexts} of ${limits.laneTextsAllowed} texts of its day`,
    inputs: { ...ofLane, why: lane },
  };
  if (pace === undefined) return [check];
  return [
    check,
    { ...held, code: 'pace', kind: 'delays', sentence: 'The campaign’s pace had room', inputs: { ...pace } },
  ];
}
