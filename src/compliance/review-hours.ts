/** A person may decide for no longer than a day whether a reply was an opt-out: we promise to hear one within a day, in whatever words. */
export const REVIEW_HOURS_MAX = 24;
