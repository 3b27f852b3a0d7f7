-- Purpose: events are applied in the order of their numbers straight from this table, kept with how they came in, and retried,
--          kept and replayed with their history.
-- Locks:   gateway_event while its columns are filled and its indexes made: the time of one scan.
-- Old code may run beside it: no, it does not say what an event is ordered by.

alter table gateway_event
  -- Events with the same key are applied one after the other; receipts have none, they come in any order.
  add column order_key text,
  add column source text not null default 'webhook' check (source in ('webhook', 'spool', 'reconciliation')),
  -- Which of the account's secrets signed it, and when that one was made known; null for what was not signed.
  add column signed_by text,
  add column error_stack text,
  -- Only an account that is there can sign an event, and none is ever deleted: asking for each event took a fifth of the time of storing.
  drop constraint gateway_event_account_id_fkey,
  drop constraint gateway_event_state_check,
  add constraint gateway_event_state_check check (state in ('received', 'retrying', 'applied', 'failed')),
  add constraint gateway_event_retrying_check check (state <> 'retrying' or error is not null);

update gateway_event set order_key = coalesce(phone, event_id) where type <> 'message_status';

-- What waits: in the order of arrival, and what waits before it for the same number.
create index gateway_event_waiting on gateway_event (id) where state = 'received';
create index gateway_event_line on gateway_event (account_id, order_key, id)
  where state in ('received', 'retrying') and order_key is not null;
-- Ids grow with time: the order of all events is that of the primary key.
drop index gateway_event_newest;

-- Attempts that failed, replays, and how each ended; those that succeed at once leave none.
create table gateway_event_attempt (
  event_id uuid not null references gateway_event (id) on delete cascade,
  attempt integer not null,
  at timestamptz not null,
  outcome text not null check (outcome in ('applied', 'failed', 'replayed')),
  error text,
  stack text,
  -- Who asked for it, when it was a person.
  actor text,
  primary key (event_id, attempt),
  check (outcome <> 'failed' or error is not null)
);
