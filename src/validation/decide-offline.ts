import { AREA_CODES_OUTSIDE_US, TOLL_FREE_AREA_CODES } from '../contacts/area-codes.ts';
import { areaCodeOf, parsePhone } from '../contacts/phone.ts';
import type { LineType } from './number-validator.ts';

/** What became of one number. `other`: premium rate, pager and the like, or a line of which nothing is known. */
export const ITEM_OUTCOMES = ['mobile', 'landline', 'voip', 'toll_free', 'other', 'invalid', 'unverified'] as const;
export type ItemOutcome = (typeof ITEM_OUTCOMES)[number];

/**
 * What the numbering plan alone says; `undefined`: worth a request. Campaigns text US numbers only, so that of others nothing needs to
 * be known.
 */
export function offlineOutcome(phone: string): ItemOutcome | undefined {
  const parsed = parsePhone(phone);
  if (!parsed.ok) return 'invalid';
  const areaCode = areaCodeOf(parsed.value);
  if (TOLL_FREE_AREA_CODES.has(areaCode)) return 'toll_free';
  return AREA_CODES_OUTSIDE_US.has(areaCode) ? 'unverified' : undefined;
}

export function outcomeOf(facts: { readonly valid: boolean; readonly lineType: LineType }): ItemOutcome {
  if (!facts.valid) return 'invalid';
  switch (facts.lineType) {
    case 'mobile':
    case 'landline':
    case 'voip':
    case 'toll_free':
      return facts.lineType;
    default:
      return 'other';
  }
}
