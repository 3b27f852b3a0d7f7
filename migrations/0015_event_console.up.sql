-- Purpose: events can be looked through, replayed, and counted by where they come from.
-- Locks:   gateway_event while its indexes are made: the time of two scans; gateway_event_attempt for a moment; creates besides.
-- Old code may run beside it: yes; it finds the newest event of an account more slowly.

-- Ids grow with time, so that every list of events, newest first, is one walk along its index. More indexes than these would be paid
-- for by every event that comes in.
drop index gateway_event_account;
create index gateway_event_account on gateway_event (account_id, id);
create index gateway_event_phone on gateway_event (phone, id) where phone is not null;
-- The types of nearly all events are found at once without an index.
create index gateway_event_rare_type on gateway_event (type, id)
  where type not in ('message.received', 'message.queued', 'message.sent', 'message.delivered');
drop index gateway_event_failed;
create index gateway_event_troubled on gateway_event (id) where state in ('failed', 'retrying');

-- Stored events that are applied once more. What is chosen stays what it was when the replay was asked for: no event after last_event_id.
create table event_replay (
  id uuid primary key,
  -- The filter, or the ids of single events (src/webhooks/event-filter.ts).
  selection jsonb not null,
  last_event_id uuid not null,
  -- Actor and name of who asked for it.
  actor text not null,
  actor_name text not null,
  reason text check (length(reason) between 1 and 300),
  state text not null check (state in ('pending', 'running', 'completed', 'cancelled')),
  per_second integer not null check (per_second between 1 and 500),
  -- What a dry run counted at the start; at least so many when it stopped counting.
  total bigint not null check (total >= 0),
  total_is_least boolean not null,
  -- Set back so far.
  done bigint not null default 0 check (done >= 0),
  -- Every event up to this one was looked at; moves in the transaction that sets its events back.
  cursor uuid,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  check ((state in ('completed', 'cancelled')) = (finished_at is not null)),
  check (state <> 'running' or started_at is not null)
);

create index event_replay_open on event_replay (id) where state in ('pending', 'running');

alter table gateway_event_attempt add column replay_id uuid references event_replay (id);

-- Webhooks by the hour in which they came, where from, and how they were answered.
create table webhook_source (
  hour timestamptz not null,
  -- As the address says it: of a flood nobody looks up whether there is such an account. Null where there is none.
  account_id uuid,
  -- Address of the sender; `others` beyond the number of addresses that are told apart.
  source text not null,
  -- `accepted`, `repeated`, or why it was refused.
  outcome text not null,
  count bigint not null check (count > 0),
  last_at timestamptz not null,
  unique nulls not distinct (hour, account_id, source, outcome)
);
