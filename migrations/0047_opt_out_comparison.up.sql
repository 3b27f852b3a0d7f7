-- Purpose: what the gateway's books say of who opted out is compared with ours each night, and each difference is kept with its evidence.
-- Locks:   reconciliation_run for a moment (columns with a constant). Creates besides.
-- Old code may run beside it: yes. Its runs count no numbers and keep no differences.

alter table reconciliation_run
  -- People whose texts were compared, each once.
  add column compared_numbers integer not null default 0,
  -- New ones.
  add column opt_out_differences integer not null default 0;

-- Whom a run that is under way has compared already, by a hash of the number.
create table reconciliation_number (
  run_id uuid not null references reconciliation_run (id) on delete cascade,
  number_hash bigint not null,
  primary key (run_id, number_hash)
);

-- The same one once, however many runs find it. Kept for longer than the run that found it.
create table opt_out_difference (
  id uuid primary key,
  account_id uuid not null references gateway_account (id),
  run_id uuid not null,
  -- refused: for the gateway's own list. stop, start: a text of the person that never reached us. accepted: sent elsewhere after the opt-out here.
  kind text not null check (kind in ('refused', 'stop', 'start', 'accepted')),
  gateway_id text not null,
  phone text not null,
  -- Our number; null when it is none of those that are connected.
  lane_id uuid references lane (id),
  code text,
  -- When it happened, by the gateway's clock, and when it was found.
  at timestamptz not null,
  found_at timestamptz not null,
  -- Since when our own opt-out was in force; and the person's later opt-in here, after which an older word changes nothing.
  known_since timestamptz,
  opted_in_at timestamptz,
  unique (account_id, gateway_id, kind)
);

create index opt_out_difference_newest on opt_out_difference (found_at desc, id desc);
create index opt_out_difference_phone on opt_out_difference (phone);
