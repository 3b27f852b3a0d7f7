-- Purpose: until when texts of the gateway that this database does not know have been dealt with (sending/clone-guard.ts).
-- Locks:   a short exclusive lock on a small table.
-- Old code may run beside it: yes, it does not read the column.

alter table gateway_account add column foreign_texts_until timestamptz;
