/** How people are asked by text whether an opt-in was theirs. */
export interface DoubleOptIn {
  /** An opt-in that is not confirmed within so many days is none. */
  readonly confirmWithinDays: number;
  /** A number is asked once in so many days, whoever enters it in a form however often. */
  readonly askAgainAfterDays: number;
}

/** What is confirmed after months is nothing that anybody remembers. */
export const CONFIRM_WITHIN_DAYS_MAX = 30;
export const ASK_AGAIN_AFTER_DAYS_MAX = 365;

export const DEFAULT_DOUBLE_OPT_IN: DoubleOptIn = { confirmWithinDays: 3, askAgainAfterDays: 30 };
