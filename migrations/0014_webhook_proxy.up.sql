-- Purpose: the development proxy: where the events of an account are forwarded to, and what became of each.
-- Locks:   gateway_event while an index over its few spooled rows is made: the time of one scan; creates besides.
-- Old code may run beside it: yes.

create table webhook_proxy_target (
  id uuid primary key,
  account_id uuid not null references gateway_account (id) on delete cascade,
  url text not null check (length(url) between 1 and 500),
  -- Networks that are no public ones and may be reached all the same, in the form of src/platform/network-address.ts.
  allowed_cidrs text[] not null default '{}' check (cardinality(allowed_cidrs) <= 10),
  token_sealed text not null,
  -- Empty: all of them.
  event_types text[] not null default '{}' check (cardinality(event_types) <= 50),
  -- failed: off because nothing got through for long.
  state text not null check (state in ('active', 'off', 'failed')),
  state_reason text,
  -- Events with a greater id are forwarded: those that come after the target was made, switched on or given other types.
  since_id uuid not null,
  -- Up to here events have been looked at, but for those that were stored late; and when those were last looked for.
  cursor_id uuid not null,
  swept_at timestamptz not null,
  -- Of the first failure after the last success.
  failing_since timestamptz,
  delivered_total bigint not null default 0,
  failed_total bigint not null default 0,
  last_delivered_at timestamptz,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (account_id, url),
  check (state = 'active' or state_reason is not null)
);

create table webhook_proxy_delivery (
  target_id uuid not null references webhook_proxy_target (id) on delete cascade,
  event_id uuid not null references gateway_event (id) on delete cascade,
  state text not null check (state in ('waiting', 'delivered', 'failed')),
  attempts smallint not null default 0 check (attempts >= 0),
  -- Of the next attempt; while one is under way, when another process may begin the next.
  next_at timestamptz,
  last_status smallint,
  error text,
  -- How long the last attempt took.
  ms integer check (ms >= 0),
  created_at timestamptz not null,
  finished_at timestamptz,
  -- One row for each pair: an event that is found twice is forwarded once. Also the order of the log.
  primary key (target_id, event_id),
  check ((state = 'waiting') = (next_at is not null)),
  check ((state = 'waiting') = (finished_at is null)),
  check (state <> 'failed' or error is not null)
);

create index webhook_proxy_delivery_due on webhook_proxy_delivery (target_id, next_at) where state = 'waiting';
create index webhook_proxy_delivery_failed on webhook_proxy_delivery (target_id, event_id) where state = 'failed';
-- What is over is kept for some days.
create index webhook_proxy_delivery_old on webhook_proxy_delivery (finished_at) where state <> 'waiting';
-- For events that are removed.
create index webhook_proxy_delivery_event on webhook_proxy_delivery (event_id);

-- Events that waited on the disk come with ids of long ago.
create index gateway_event_spooled on gateway_event (account_id, id) where source = 'spool';
