-- Purpose: what a person must know of a holder that does not send: texts of somebody else (sending/clone-guard.ts), failures that repeat.
-- Locks:   short exclusive locks on small tables.
-- Old code may run beside it: yes, it does not read the columns.

-- Up to when texts of the gateway that this database does not know have been dealt with.
alter table gateway_account add column foreign_texts_until timestamptz;

-- Holders stopped with an error so many times in a row, in whichever process; one that holds the account for a whole lease clears it.
alter table account_lease
  add column failures integer not null default 0 check (failures >= 0),
  add column failing_since timestamptz,
  add column failed_at timestamptz,
  add column failed_worker text,
  add column failure text,
  add constraint account_lease_failure check ((failures > 0) = (num_nulls(failing_since, failed_at, failed_worker, failure) = 0)
    and (failures = 0) = (num_nonnulls(failing_since, failed_at, failed_worker, failure) = 0));
