-- Purpose: what services say about numbers (landline, VoIP, not in use), the batches that ask them, and what of their quota is used.
-- Locks:   none; new tables.
-- Old code may run beside it: yes; it asks nobody and leaves nobody out for it.

-- The newest answer about each number. By number, like suppressions: it outlives contacts, and `maxAgeDays` of the settings says when
-- it is to be asked anew.
create table number_validation (
  phone text primary key check (phone ~ '^\+1[2-9][0-9]{9}$'),
  valid boolean not null,
  line_type text not null check (line_type in ('mobile', 'landline', 'voip', 'toll_free', 'premium_rate', 'special_services',
    'satellite', 'pager', 'unknown')),
  carrier text,
  country text,
  validator text not null check (validator in ('numverify', 'twilio')),
  checked_at timestamptz not null,
  raw jsonb not null
);

create index number_validation_oldest on number_validation (checked_at);

-- One row per service, locked by whoever is about to ask it: two processes together never ask more than the owner allows.
create table validator_budget (
  validator text primary key check (validator in ('numverify', 'twilio')),
  -- First day of the month (UTC) in which `asked` requests were begun.
  month date not null,
  asked integer not null check (asked >= 0),
  -- Requests that may begin at once, as of `filled_at`.
  tokens double precision not null,
  filled_at timestamptz not null,
  -- In a row.
  failures integer not null,
  blocked_until timestamptz,
  blocked_kind text check (blocked_kind in ('quota', 'throttled', 'down', 'refused', 'unreadable')),
  blocked_message text,
  check ((blocked_until is null) = (blocked_kind is null) and (blocked_until is null) = (blocked_message is null))
);

create table validation_batch (
  id uuid primary key,
  source text not null check (source in ('import', 'contacts', 'revalidation')),
  import_id uuid references import_run (id) on delete set null,
  state text not null check (state in ('open', 'completed', 'cancelled')),
  -- Answers that are newer are taken without asking.
  fresh_after timestamptz not null,
  total integer not null check (total >= 0),
  waiting_kind text check (waiting_kind in ('quota', 'throttled', 'down', 'refused', 'unreadable', 'no_validator')),
  waiting_message text,
  waiting_until timestamptz,
  started_by text not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  check ((state = 'open') = (finished_at is null)),
  check ((waiting_until is null) = (waiting_kind is null) and (waiting_until is null) = (waiting_message is null)),
  check (state = 'open' or waiting_until is null)
);

create index validation_batch_newest on validation_batch (created_at desc, id desc);
create index validation_batch_open on validation_batch (created_at) where state = 'open';
-- All contacts, or all old answers, are worked through once at a time.
create unique index validation_batch_once on validation_batch (source) where state = 'open' and source <> 'import';
create index validation_batch_import on validation_batch (import_id) where import_id is not null;

create table validation_item (
  batch_id uuid not null references validation_batch (id) on delete cascade,
  phone text not null,
  outcome text check (outcome in ('mobile', 'landline', 'voip', 'toll_free', 'other', 'invalid', 'unverified')),
  -- Where the outcome is from: asked now, known already, or no question for a service at all.
  known_by text check (known_by in ('validator', 'earlier_answer', 'numbering_plan')),
  attempts smallint not null default 0,
  -- Whoever works on it has until then; later it is taken up again.
  held_until timestamptz,
  primary key (batch_id, phone),
  check ((outcome is null) = (known_by is null))
);

create index validation_item_open on validation_item (batch_id, phone) where outcome is null;
