-- Purpose: what a person must know of a holder that does not send: texts of somebody else (sending/clone-guard.ts), failures that repeat.
-- Locks:   short exclusive locks on small tables.
-- Old code may run beside it: yes, it does not read the columns.

-- Up to when texts of the gateway that this database does not know have been dealt with.
alter table gateway_account add column foreign_texts_until timestamptz;

-- The holder stopped by itself so many times in a row, the last time with these words; a turn that ends well clears them.
alter table account_lease
  add column failures integer not null default 0 check (failures >= 0),
  add column failed_at timestamptz,
  add column failure text,
  add constraint account_lease_failure check ((failures = 0) = (failed_at is null) and (failures = 0) = (failure is null));
