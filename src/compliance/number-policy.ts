/** Which numbers the owner leaves out, in the row `number_validation` of `setting`. */
export interface NumberExclusions {
  readonly landline: boolean;
  readonly voip: boolean;
  readonly tollFree: boolean;
  readonly invalid: boolean;
  /** Never asked, or too long ago. */
  readonly unverified: boolean;
}

export interface NumberPolicy {
  readonly excludes: NumberExclusions;
  /** An answer that is older counts as none for `unverified`. A landline stays one until somebody says otherwise. */
  readonly maxAgeDays: number;
}

/** The key of that row. */
export const NUMBER_SETTING = 'number_validation';

/** While nobody has set anything. */
export const DEFAULT_NUMBER_POLICY: NumberPolicy = {
  excludes: { landline: true, voip: false, tollFree: true, invalid: true, unverified: false },
  maxAgeDays: 30,
};
