create or replace function contact_enters() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7402131);
  perform restore_erased(array(select phone from entered)) where exists (select from erasure);
  return null;
end $$;

create or replace function contact_changes_number() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7402131);
  perform restore_erased(array[new.phone]);
  return null;
end $$;

drop function ends_contact_number;
drop table opt_out_to_carry;
drop table contact_number;
