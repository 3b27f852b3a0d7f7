/**
 * Why a campaign text went out as it did, stored with the message: rules with their inputs and versions. Exact text, parts, lane
 * and variant are columns of the message and its enrollment.
 */
export interface Decision {
  readonly v: 1;
  readonly quietHours: { readonly table: string; readonly rule: string; readonly closesAt: string };
  /** Campaign texts of the 24 hours before, and how many are allowed. */
  readonly frequency: { readonly texts: number; readonly allowed: number };
  /** Codes of the rules that were asked and did not forbid. */
  readonly eligibility: readonly string[];
  readonly lane:
    | 'known to the person'
    | 'most room'
    | 'the known number is switched off'
    | 'the known number was taken out of the campaign';
}
