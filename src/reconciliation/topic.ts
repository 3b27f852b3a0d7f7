/** Told when a run begins, goes on or ends. */
export const RECONCILIATION_TOPIC = 'reconciliation';
