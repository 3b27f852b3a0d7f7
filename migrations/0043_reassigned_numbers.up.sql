-- Purpose: what was asked of the Reassigned Numbers Database, which answers came, and which numbers have another holder since.
-- Locks:   none that anybody waits for: new tables, and a function that has a statement more.
-- Old code may run beside it: no. It texts numbers that have another holder.

-- One file of questions, and the file of answers to it.
create table reassigned_check (
  id uuid primary key,
  state text not null check (state in ('asked', 'answered')),
  audience jsonb not null,
  -- Who was chosen, as people read it.
  chosen text not null,
  rule_version text not null,
  questions integer not null check (questions > 0),
  -- Chosen, and nothing says on which day the number was theirs.
  undated integer not null check (undated >= 0),
  asked_by text not null,
  asked_at timestamptz not null,
  answers_file text,
  -- SHA-256 of its bytes.
  answers_digest text check (answers_digest ~ '^[0-9a-f]{64}$'),
  -- The day on which the database gave them.
  answers_as_of date,
  answered_by text,
  answered_at timestamptz,
  yes integer,
  no integer,
  no_data integer,
  check ((state = 'answered') = (answered_at is not null)),
  check ((answered_at is null) = (answers_file is null) and (answered_at is null) = (answers_digest is null)
    and (answered_at is null) = (answers_as_of is null) and (answered_at is null) = (answered_by is null)
    and (answered_at is null) = (yes is null) and (answered_at is null) = (no is null) and (answered_at is null) = (no_data is null))
);
create index reassigned_check_newest on reassigned_check (asked_at desc, id desc);

-- What was asked of each number: the record on which a safe harbour rests. Stays.
create table reassigned_question (
  -- At the commit: the questions are made first, and counted.
  check_id uuid not null references reassigned_check (id) deferrable initially deferred,
  phone text not null,
  -- The last day on which the number is known to have been the person's, in the zone of the business.
  known_on date not null,
  -- What shows it: a consent event, a text from the person, or the check that found the number reassigned.
  basis text not null check (basis in ('consent', 'reply', 'earlier_check')),
  basis_id uuid not null,
  answer text check (answer in ('yes', 'no', 'no_data')),
  primary key (check_id, phone)
);
create index reassigned_question_phone on reassigned_question (phone);

-- Of each number the answer that holds; rules ask this one.
create table reassigned_number (
  phone text primary key,
  answer text not null check (answer in ('yes', 'no', 'no_data')),
  known_on date not null,
  asked_at timestamptz not null,
  as_of date not null,
  answered_at timestamptz not null,
  check_id uuid not null references reassigned_check (id)
);
create index reassigned_number_yes on reassigned_number (phone) where answer = 'yes';

-- As of migration 0039; a number with another holder stays one when it comes back.
create or replace function restore_erased(phones text[]) returns boolean language plpgsql volatile as $$
declare
  proof text;
begin
  select key_check into proof from erasure order by id desc limit 1;
  if proof is null then return true; end if;
  if proof <> number_key('') then
    raise exception 'people were erased here under another key: start with the TEXTWRIGHT_SECRET_KEY (or data folder) of then'
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  with back as (
    select p.phone, e.number_key, max(e.erased_at) as erased_at
    from (select x as phone, number_key(x) as number_key from unnest(phones) x) p join erasure e on e.number_key = p.number_key group by 1, 2
  ), moved as (
    update suppression s set phone = back.phone from back
    where s.phone = back.number_key and s.lifted_at is null
      and not exists (select from suppression a where a.phone = back.phone and a.reason = s.reason and a.lifted_at is null)
    returning s.phone
  ), revoked as (
    insert into consent_event (id, phone, seller, action, purpose, source, documented, evidence, actor, recorded_by, occurred_at, recorded_at)
    select md5(back.number_key || extract(epoch from back.erased_at))::uuid, back.phone,
      coalesce((select v.seller from consent_event v where v.phone = back.number_key order by v.occurred_at desc, v.id desc limit 1), ''),
      'revoke', 'all', 'opt_out', true, '{"reason": "opt_out", "channel": "erasure", "said": {}}', 'system', 'Textwright', back.erased_at,
      back.erased_at
    from back where back.phone in (select phone from moved)
    on conflict do nothing
  ), reassigned as (
    update reassigned_number r set phone = back.phone from back
    where r.phone = back.number_key and not exists (select from reassigned_number a where a.phone = back.phone)
  )
  insert into consent (phone, purpose, state, since)
  select back.phone, purpose, 'opted_out', back.erased_at from back, unnest(array['marketing', 'informational']) as purpose
  where back.phone in (select phone from moved)
  on conflict do nothing;
  return true;
end $$;
