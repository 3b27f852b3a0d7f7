-- Purpose: an import says how many of its contacts had been erased here, and came back opted out.
-- Locks:   import_run for a moment (a column without a value).
-- Old code may run beside it: yes.
alter table import_run add column erased_contacts integer check (erased_contacts >= 0);
