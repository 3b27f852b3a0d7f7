-- Purpose: a number that was merged into a contact still leads to the person: their opt-outs hold at all their numbers, and their texts count.
-- Locks:   none; creates. Reads the entries of merges once.
-- Old code may run beside it: yes. What it merges leads nowhere.

-- The other numbers of a contact, by merges. Ends when the number is a contact of its own again, or is erased.
create table contact_number (
  phone text primary key,
  contact_id uuid not null references contact (id) on delete cascade,
  merged_at timestamptz not null
);

create index contact_number_contact on contact_number (contact_id);

-- Opt-outs that hold at one number of a person and are still to be written for another one, which somebody held just then.
create table opt_out_to_carry (
  id uuid primary key,
  -- The other one.
  phone text not null,
  channel text not null,
  how text check (how in ('keyword', 'free_text')),
  actor text not null,
  recorded_by text,
  -- When the person said it; null when no person did.
  said_at timestamptz,
  heard_at timestamptz not null,
  -- The consent that was taken back with it.
  purpose text not null
);

create index opt_out_to_carry_phone on opt_out_to_carry (phone);

-- Merges of before. A contact that was merged into a second one after it had taken in a first leads on to the second.
insert into contact_number (phone, contact_id, merged_at)
with recursive ended as (
  select a.phone, a.subject, a.detail ->> 'with' as stays, a.at from audit_entry a where a.action = 'contact.ended_by_merge' and a.detail ? 'with'
), led as (
  select phone, stays, at from ended
  union
  select l.phone, e.stays, l.at from led l join ended e on e.subject = l.stays
)
select distinct on (l.phone) l.phone, c.id, l.at from led l join contact c on 'con_' || replace(c.id::text, '-', '') = l.stays
where not exists (select from contact o where o.phone = l.phone)
order by l.phone, l.at desc;

-- A number that is a contact again is no other number of somebody, and knows when a campaign last texted it.
create function ends_contact_number(phones text[]) returns void language sql volatile as $$
  update contact c set last_campaign_text_at = greatest(c.last_campaign_text_at, (
    select max(m.attempted_at) from message m where m.phone = c.phone and m.purpose = 'campaign'
      and (m.state in ('handing_over', 'unknown', 'sent', 'delivered') or m.state = 'failed' and m.gateway_message_id is not null)))
  from contact_number n where n.phone = any(phones) and c.phone = n.phone;
  delete from contact_number where phone = any(phones);
$$;

create or replace function contact_enters() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7402131);
  perform restore_erased(array(select phone from entered)) where exists (select from erasure);
  perform ends_contact_number(array(select phone from entered)) where exists (select from contact_number);
  return null;
end $$;

create or replace function contact_changes_number() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(7402131);
  perform restore_erased(array[new.phone]);
  perform ends_contact_number(array[new.phone]);
  return null;
end $$;
