-- Purpose: our books are compared with the gateway's, page by page: runs with their checkpoint, what each found, and texts that were
--          sent from elsewhere with one of our numbers.
-- Locks:   gateway_account for a moment; message while its constraint is checked: the time of one scan. Creates besides.
-- Old code may run beside it: yes, but it does not know the purpose of a text that was sent from elsewhere.

alter table gateway_account
  -- How far back the first run of the account looks. 0: from now on only.
  add column history_days smallint not null default 90 check (history_days between 0 and 360);

-- `elsewhere`: staff wrote it in the gateway's own app, or the gateway itself did. It is shown, and never sent.
alter table message
  drop constraint message_purpose_check,
  add constraint message_purpose_check
    check (purpose in ('campaign', 'reply', 'opt_out_confirmation', 'opt_in_confirmation', 'help', 'inbound', 'elsewhere'));

create table reconciliation_run (
  id uuid primary key,
  account_id uuid not null references gateway_account (id),
  kind text not null check (kind in ('daily', 'manual', 'history')),
  state text not null check (state in ('waiting', 'running', 'completed', 'failed', 'cancelled')),
  -- What the gateway dates within [since, until).
  since timestamptz not null,
  until timestamptz not null,
  -- The phase that is under way, and where it stands (src/reconciliation/checkpoint.ts).
  checkpoint jsonb not null,
  -- From 0 to 1.
  progress double precision not null default 0 check (progress between 0 and 1),
  requests integer not null default 0,
  seen_texts integer not null default 0,
  seen_calls integer not null default 0,
  missing_here integer not null default 0,
  stale_here integer not null default 0,
  missing_there integer not null default 0,
  differs integer not null default 0,
  -- Answers in a row that were none, and when the gateway is asked again.
  failures integer not null default 0,
  retry_at timestamptz,
  -- Of a failed run; of another one, what could not be had.
  error text,
  created_by text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  check (since < until),
  check ((state = 'waiting') = (started_at is null) or state in ('cancelled', 'failed')),
  check ((state in ('completed', 'failed', 'cancelled')) = (finished_at is not null)),
  check (state <> 'failed' or error is not null)
);

-- One at a time.
create unique index reconciliation_run_open on reconciliation_run (account_id) where state in ('waiting', 'running');
create index reconciliation_run_account on reconciliation_run (account_id, id desc);

-- What a run found. The same thing once, however often its page is read.
create table reconciliation_diff (
  run_id uuid not null references reconciliation_run (id) on delete cascade,
  nth bigint not null generated always as identity,
  kind text not null check (kind in ('missing_here', 'stale_here', 'missing_there', 'differs')),
  -- received, sent, delivered, ..., call, recording, ...
  what text not null,
  gateway_id text not null,
  phone text,
  lane_id uuid references lane (id),
  at timestamptz not null,
  here text,
  there text,
  primary key (run_id, gateway_id, what)
);

create index reconciliation_diff_nth on reconciliation_diff (run_id, nth);

-- Texts of ours that the gateway has listed in a run that is under way: the others are asked about at its end.
create table reconciliation_seen (
  run_id uuid not null references reconciliation_run (id) on delete cascade,
  gateway_message_id text not null,
  primary key (run_id, gateway_message_id)
);
