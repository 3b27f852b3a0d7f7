-- Purpose: the audit log is only ever added to, and each entry is sealed into a chain of hashes (docs/decisions/0035).
-- Locks:   audit_entry while its triggers and two indexes are made, and until all that it holds waits for its seal: some ten seconds for
--          a million. Sealing them follows in the background.
-- Old code may run beside it: yes; what it writes waits for its seal as everything does.

create table audit_seal (
  seq bigint primary key check (seq > 0),
  entry_id uuid not null unique references audit_entry (id),
  sealed_at timestamptz not null,
  -- SHA-256 of the entry's content, and of this seal with the hash of the one before.
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  hash text not null check (hash ~ '^[0-9a-f]{64}$')
);

-- A queue, because a transaction that takes long commits an entry with an older id than what is sealed already.
create table audit_unsealed (
  entry_id uuid primary key references audit_entry (id)
);
create function await_seal() returns trigger language plpgsql as $$
begin
  insert into audit_unsealed (entry_id) select id from added;
  return null;
end $$;
create trigger audit_entry_awaits_seal after insert on audit_entry referencing new table as added
  for each statement execute function await_seal();
insert into audit_unsealed (entry_id) select id from audit_entry;

create trigger audit_entry_stays before update or delete or truncate on audit_entry for each statement execute function refuse_change();
create trigger audit_seal_stays before update or delete or truncate on audit_seal for each statement execute function refuse_change();

-- For looking through it by who acted and by what was done.
create index audit_entry_actor on audit_entry (actor, at desc, id desc);
create index audit_entry_action on audit_entry (action, at desc, id desc);
