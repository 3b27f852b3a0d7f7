-- Purpose: an engine of another program version stops the moment its schema is changed under it, as if its lease had been taken over.
-- Locks:   none that anybody waits for: only a trigger on a table that migrations alone write.
-- Old code may run beside it: no. From here on every migration ends the leases of all engines.

create function schema_ends_leases() returns trigger language plpgsql as $$
begin
  -- A new epoch: whatever the holder of before still does is fenced, and what it had under way is settled by the next one.
  update account_lease set owner = null, expires_at = null, epoch = epoch + 1;
  return null;
end $$;

create trigger schema_migration_ends_leases after insert or delete on schema_migration
  for each statement execute function schema_ends_leases();
