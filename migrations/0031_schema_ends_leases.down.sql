drop trigger schema_migration_ends_leases on schema_migration;
drop function schema_ends_leases();
