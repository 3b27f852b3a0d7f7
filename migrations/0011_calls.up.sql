-- Purpose: calls with recordings, voicemail, summaries and transcripts; calls in the threads of the inbox; group texts; which person
--          of the gateway's address book is which contact.
-- Locks:   conversation and message, for a moment (columns with constant defaults); creates besides.
-- Old code may run beside it: yes.

create table call (
  id uuid primary key,
  account_id uuid not null references gateway_account (id),
  gateway_call_id text not null,
  -- Null while no event has said it, or when the number is not ours any more.
  lane_id uuid references lane (id),
  conversation_id uuid references conversation (id),
  contact_id uuid references contact (id),
  direction text check (direction in ('inbound', 'outbound')),
  -- Of the other side, E.164; null when it was withheld or is not known.
  phone text,
  -- Decided from the facts below, whatever their order (src/calls/decide-call.ts).
  state text not null check (state in ('ringing', 'answered', 'forwarded', 'missed', 'unanswered', 'completed')),
  heard text[] not null check (cardinality(heard) > 0),
  -- When the first of its events happened.
  heard_at timestamptz not null,
  started_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz,
  -- Its place among texts and other calls.
  at timestamptz not null generated always as (coalesce(started_at, heard_at)) stored,
  duration_seconds integer check (duration_seconds >= 0),
  forwarded_to text,
  -- The gateway's own word, and the step of which it was said.
  gateway_status text,
  gateway_status_step text,
  voicemail_url text,
  voicemail_url_as_of timestamptz,
  voicemail_duration_seconds integer check (voicemail_duration_seconds >= 0),
  voicemail_transcript text,
  -- When it made its conversation wait for an answer: once, however many of its events say so.
  asked_at timestamptz,
  created_at timestamptz not null,
  unique (account_id, gateway_call_id),
  check ((gateway_status is null) = (gateway_status_step is null)),
  check ((voicemail_url is null) = (voicemail_url_as_of is null)),
  check (state not in ('missed', 'forwarded') or direction is distinct from 'outbound'),
  check (asked_at is null or conversation_id is not null)
);

-- The thread of a conversation and the timeline of a person.
create index call_phone on call (phone, at desc, id desc) where phone is not null;
create index call_newest on call (at desc, id desc);
create index call_lane on call (lane_id, at desc, id desc);
create index call_missed on call (at desc, id desc) where state = 'missed';

create table call_recording (
  call_id uuid not null references call (id) on delete cascade,
  ref text not null,
  -- Signed by the gateway, and good for a while.
  url text,
  media_type text,
  duration_seconds integer check (duration_seconds >= 0),
  started_at timestamptz,
  -- When the gateway said so; of two addresses of one recording the newer one counts.
  as_of timestamptz not null,
  primary key (call_id, ref)
);

create table call_summary (
  call_id uuid primary key references call (id) on delete cascade,
  status text not null check (status in ('absent', 'in_progress', 'completed', 'failed')),
  summary text[] not null,
  next_steps text[] not null,
  as_of timestamptz not null
);

create table call_transcript (
  call_id uuid primary key references call (id) on delete cascade,
  status text not null check (status in ('absent', 'in_progress', 'completed', 'failed')),
  lines jsonb not null check (jsonb_typeof(lines) = 'array'),
  as_of timestamptz not null
);

-- A person of the gateway's address book has several numbers, and each may be a contact.
create table contact_gateway_ref (
  account_id uuid not null references gateway_account (id),
  gateway_contact_id text not null,
  contact_id uuid not null references contact (id) on delete cascade,
  primary key (account_id, gateway_contact_id, contact_id)
);

create index contact_gateway_ref_contact on contact_gateway_ref (contact_id);

-- What the last entry of the thread is. Of a call, last_message_direction is inbound when it asks for an answer.
alter table conversation add column last_message_kind text not null default 'text' check (last_message_kind in ('text', 'call'));
-- The other people of the group to which the newest text of this person went; empty for a text to us alone.
alter table conversation add column group_others text[] not null default '{}';
alter table message add column group_others text[] not null default '{}';
