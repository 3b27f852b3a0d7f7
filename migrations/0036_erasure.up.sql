-- Purpose: people are erased. What the law asks to keep stays without their number and words, under a keyed hash of the number; when the
--          number comes back, so does its suppression. The audit log and the consents let nothing through but such an erasure.
-- Locks:   enrollment, message, call and suppression for a moment each (columns without a value, a constraint less, the check of the
--          channel, which reads suppression once); conversation and message while an index over their few group texts is made.
-- Old code may run beside it: yes, while nobody is erased. It reads enrollments without a contact, and does not know the key of numbers.

-- The keyed hash of a number: HMAC-SHA-256 under a key that no table holds. Every connection of the program brings the two pads of the key
-- along (src/compliance/number-key.ts), so that a copy of the database tells nobody a number, and no writer of contacts can be forgotten.
create function number_key(phone text) returns text language plpgsql stable as $$
declare
  pads text := current_setting('textwright.number_pads', true);
begin
  if length(pads) is distinct from 256 then
    raise exception 'people were erased here, and this connection does not know the key of their numbers: connect as the program does'
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return 'erased:' || encode(sha256(decode(right(pads, 128), 'hex') || sha256(decode(left(pads, 128), 'hex') || convert_to(phone, 'UTF8'))), 'hex');
end $$;

create table erasure (
  id uuid primary key,
  -- `number_key` of the number.
  number_key text not null check (number_key ~ '^erased:[0-9a-f]{64}$'),
  -- `number_key('')`: shows that a connection has the key under which this was erased.
  key_check text not null,
  erased_at timestamptz not null,
  actor text not null,
  actor_name text not null,
  reason text not null check (length(reason) between 3 and 500),
  -- The entry of the audit log that entries about this person name instead of what they held.
  audit_id uuid not null references audit_entry (id),
  removed jsonb not null check (jsonb_typeof(removed) = 'object')
);

create index erasure_number on erasure (number_key);

-- What was kept of an erased person, by which rule, and until when; then even its keyed hash goes.
create table erasure_record (
  erasure_id uuid not null references erasure (id),
  record text not null check (record in ('suppressions', 'consents', 'texts')),
  rows integer not null check (rows >= 0),
  rule_version text not null,
  reason text not null,
  -- Null: as long as this business texts.
  keep_until timestamptz,
  forgotten_at timestamptz,
  primary key (erasure_id, record)
);

create index erasure_record_due on erasure_record (keep_until) where forgotten_at is null and keep_until is not null;

-- Gives suppressions of erased numbers their number back. Always with new eyes: whoever calls it has waited for the lock of the number.
create function restore_erased(phones text[]) returns boolean language plpgsql volatile as $$
declare
  proof text;
begin
  select key_check into proof from erasure order by id desc limit 1;
  if proof is null then return true; end if;
  if proof <> number_key('') then
    raise exception 'people were erased here under another key: start with the TEXTWRIGHT_SECRET_KEY (or data folder) of then'
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  update suppression s set phone = back.phone
  from (select distinct p.phone, e.number_key from (select x as phone, number_key(x) as number_key from unnest(phones) x) p
    join erasure e on e.number_key = p.number_key) back
  where s.phone = back.number_key and s.lifted_at is null
    and not exists (select from suppression a where a.phone = back.phone and a.reason = s.reason and a.lifted_at is null);
  return true;
end $$;

-- Whatever writes a contact, in whichever way. An erasure holds the same lock alone (src/evidence/erase-store.ts): one of the two is wholly first.
create function contact_enters() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7402131);
  perform restore_erased(array(select phone from entered)) where exists (select from erasure);
  return null;
end $$;

create trigger contact_enters after insert on contact referencing new table as entered
  for each statement execute function contact_enters();
create function contact_changes_number() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7402131);
  perform restore_erased(array[new.phone]);
  return null;
end $$;

create trigger contact_changes_number after update of phone on contact
  for each row when (old.phone is distinct from new.phone) execute function contact_changes_number();

alter table suppression drop constraint suppression_channel_check;
alter table suppression add constraint suppression_channel_check
  check (channel in ('sms', 'staff', 'gateway', 'import', 'api', 'review', 'link', 'erasure'));

-- Texts and enrollments of erased people still count.
alter table enrollment alter column contact_id drop not null;
-- SHA-256 of the exact text of a message that was erased.
alter table message add column body_digest text check (body_digest ~ '^[0-9a-f]{64}$');
alter table call add column erased boolean not null default false;
-- Of other people's texts to a group in which an erased person was.
create index message_group_others on message using gin (group_others) where group_others <> '{}';
create index conversation_group_others on conversation using gin (group_others) where group_others <> '{}';

-- The digest of an entry stays in its seal, and so does the chain: what is missing is named by the entry of the erasure.
create function only_erased_audit() returns trigger language plpgsql as $$
begin
  if (new.id, new.at, new.actor, new.action) is distinct from (old.id, old.at, old.actor, old.action)
    or old.phone like 'erased%' or old.detail ? 'erasedBy' or (old.phone is null) <> (new.phone is null)
    or new.phone !~ '^erased:[0-9a-f]{64}$'
    or new.subject <> (case when old.subject = old.phone then new.phone else old.subject end)
    or new.detail is distinct from jsonb_build_object('erasedBy', new.detail ->> 'erasedBy')
  then raise exception 'audit_entry is only ever added to: record another event instead' using errcode = 'restrict_violation'; end if;
  return new;
end $$;

drop trigger audit_entry_stays on audit_entry;
create trigger audit_entry_stays before delete or truncate on audit_entry for each statement execute function refuse_change();
create trigger audit_entry_only_erased before update on audit_entry for each row execute function only_erased_audit();

create function only_erased_consent() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) - 'phone' - 'evidence' is distinct from to_jsonb(old) - 'phone' - 'evidence'
    or new.phone !~ '^erased(:[0-9a-f]{64})?$' or new.evidence - array['source', 'digest', 'erased'] <> '{}'
  then raise exception 'consent_event is only ever added to: record another event instead' using errcode = 'restrict_violation'; end if;
  return new;
end $$;

drop trigger consent_event_stays on consent_event;
create trigger consent_event_stays before delete on consent_event for each statement execute function refuse_change();
create trigger consent_event_only_erased before update on consent_event for each row execute function only_erased_consent();

-- For the role that may not change these tables (docs/guides/database-roles.md): all that an erasure does to them.
create function erase_recorded(p_phone text, p_number_key text, p_audit_id uuid) returns table (consents integer, entries integer)
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from erasure where number_key = p_number_key and audit_id = p_audit_id) then
    raise exception 'no such erasure' using errcode = 'restrict_violation';
  end if;
  update consent_event set phone = p_number_key, evidence = jsonb_build_object('source', source, 'erased', true,
    'digest', encode(sha256(convert_to(evidence::text, 'UTF8')), 'hex'))
  where phone = p_phone;
  get diagnostics consents = row_count;
  update audit_entry set phone = p_number_key, subject = case when subject = phone then p_number_key else subject end,
    detail = jsonb_build_object('erasedBy', p_audit_id)
  where phone = p_phone;
  get diagnostics entries = row_count;
  -- Filters by a number, in what was done with events.
  update audit_entry set detail = jsonb_build_object('erasedBy', p_audit_id)
  where phone is null and action in ('events.discarded', 'events.export_started', 'replay.started')
    and position(right(p_phone, 10) in detail::text) > 0 and not detail ? 'erasedBy';
  return next;
end $$;

-- What may be forgotten at last: consents of erased people, whose time is over.
create function forget_consents(p_number_key text, p_at timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if (select coalesce(max(r.keep_until), 'infinity') > p_at from erasure e join erasure_record r on r.erasure_id = e.id
    where e.number_key = p_number_key and r.record = 'consents') then
    raise exception 'not to be forgotten yet' using errcode = 'restrict_violation';
  end if;
  update consent_event set phone = 'erased', evidence = jsonb_build_object('source', source, 'erased', true)
  where phone = p_number_key;
end $$;
