-- Purpose: services that say of each number which do-not-call lists it is on: their answers, the batches that ask them, the lists that they fill.
-- Locks:   dnc_list and validator_budget for a moment (a column without a value, a wider check); both are small.
-- Old code may run beside it: no. It takes a list that a service fills for one that holds everybody.

-- Filled by a service: who is not on it was asked about, or is not known.
alter table dnc_list add column service text check (service in ('blacklist_alliance', 'dncscrub'));
create unique index dnc_list_service on dnc_list (service, kind, coalesce(state, '')) where service is not null and retired_at is null;

-- The newest answer of each service about each number.
create table scrubbed_number (
  phone text not null,
  service text not null check (service in ('blacklist_alliance', 'dncscrub')),
  checked_at timestamptz not null,
  -- In the service's own words; empty: on no list.
  codes text not null,
  primary key (phone, service)
);

create table scrub_batch (
  id uuid primary key,
  state text not null check (state in ('open', 'completed', 'cancelled')),
  chosen text not null,
  total integer not null check (total >= 0),
  waiting_kind text check (waiting_kind in ('quota', 'throttled', 'down', 'refused', 'unreadable', 'no_service')),
  waiting_message text,
  waiting_until timestamptz,
  started_by text not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  check ((state = 'open') = (finished_at is null)),
  check ((waiting_until is null) = (waiting_kind is null) and (waiting_until is null) = (waiting_message is null)),
  check (state = 'open' or waiting_until is null)
);
create index scrub_batch_newest on scrub_batch (created_at desc, id desc);
-- One at a time: each puts a version of every list in force.
create unique index scrub_batch_once on scrub_batch ((true)) where state = 'open';

create table scrub_item (
  batch_id uuid not null references scrub_batch (id) on delete cascade,
  phone text not null,
  outcome text check (outcome in ('listed', 'clean', 'unknown')),
  attempts smallint not null default 0,
  -- Whoever works on it has until then; later it is taken up again.
  held_until timestamptz,
  primary key (batch_id, phone)
);
create index scrub_item_open on scrub_item (batch_id, phone) where outcome is null;

alter table validator_budget drop constraint validator_budget_validator_check;
alter table validator_budget add constraint validator_budget_validator_check
  check (validator in ('numverify', 'twilio', 'blacklist_alliance', 'dncscrub'));
