/** Shares of statements and commits that go wrong, 0 to 1. */
export interface DatabaseFaults {
  statementLost: number;
  /** Fails as a transaction that cannot be serialized. */
  serialization: number;
  commitAnswerLost: number;
  /** Of events that are about to be applied: a mistake of ours that only this event meets. */
  poison: number;
  /** Of the statements that wait for a lock: as if they had waited for as long as they may. */
  lockGivenUp: number;
}

/** From when on nothing goes wrong any more, and before anything does. */
export const NO_DATABASE_FAULTS: Readonly<DatabaseFaults> = {
  statementLost: 0,
  serialization: 0,
  commitAnswerLost: 0,
  poison: 0,
  lockGivenUp: 0,
};
