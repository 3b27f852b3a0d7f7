-- Purpose: which registration at the gateway signs its events with which key, and until when a key that was replaced stays good; texts
--          from one of our numbers to another that show whether events come in; how many events an account usually gets at an hour.
-- Locks:   gateway_account for a moment; message for a moment (the wider check is checked against new rows at once, against old ones
--          without holding up writers).
-- Old code may run beside it: yes, until the first health check: it would take the text of one for a stranger's.

create table webhook_key (
  account_id uuid not null references gateway_account (id) on delete cascade,
  -- A digest of the key, as in gateway_event.signed_by; the key itself is in gateway_account.webhook_secrets_sealed.
  signer text not null,
  webhook_ref text not null,
  -- The adapter's word for what the registration tells of.
  part text not null,
  since timestamptz not null,
  -- Set once another key signs instead.
  retire_at timestamptz,
  succeeded_by text,
  primary key (account_id, signer),
  check (succeeded_by is null or retire_at is not null)
);
create index webhook_key_retiring on webhook_key (retire_at) where retire_at is not null;

-- While registrations are being changed, the gateway may sign with a key that it has not told yet: an event waits for it.
alter table gateway_account add column webhook_change_until timestamptz;
-- Kinds of events that its plan at the gateway does not have.
alter table gateway_account add column webhook_parts_refused text[] not null default '{}';

alter table message drop constraint message_purpose_check;
alter table message add constraint message_purpose_check check (purpose in ('campaign', 'reply', 'opt_out_confirmation',
  'opt_in_confirmation', 'help', 'inbound', 'elsewhere', 'health_check')) not valid;
alter table message validate constraint message_purpose_check;

-- What the last look at the registrations found.
create table webhook_look (
  account_id uuid primary key references gateway_account (id) on delete cascade,
  looked_at timestamptz not null,
  findings jsonb not null check (jsonb_typeof(findings) = 'array'),
  -- Why nothing could be found out.
  problem text
);

-- Which two numbers an account is checked with, and how often.
create table health_setting (
  account_id uuid primary key references gateway_account (id) on delete cascade,
  enabled boolean not null,
  from_lane_id uuid not null references lane (id) on delete cascade,
  to_lane_id uuid not null references lane (id) on delete cascade,
  interval_minutes integer not null check (interval_minutes between 15 and 1440),
  updated_at timestamptz not null,
  check (from_lane_id <> to_lane_id)
);

create table health_check (
  id uuid primary key,
  -- Whose events are checked: that of the number which receives.
  account_id uuid not null references gateway_account (id) on delete cascade,
  from_lane_id uuid not null references lane (id) on delete cascade,
  to_lane_id uuid not null references lane (id) on delete cascade,
  message_id uuid not null references message (id),
  -- In the text: by it and its numbers the event is recognised.
  token text not null unique,
  -- `schedule`, `suspicion`, or who asked for it.
  cause text not null,
  started_at timestamptz not null,
  -- When it fails at the latest.
  due_at timestamptz not null,
  -- The gateway took the text; its event came in; what it says was done.
  sent_at timestamptz,
  webhook_at timestamptz,
  applied_at timestamptz,
  outcome text check (outcome in ('healthy', 'slow', 'failed_send', 'failed_no_webhook', 'failed_not_applied')),
  detail text,
  finished_at timestamptz,
  -- Whether the alerts follow it already.
  told boolean not null default false,
  check ((outcome is null) = (finished_at is null))
);
create index health_check_newest on health_check (account_id, started_at desc, id desc);
create index health_check_untold on health_check (finished_at) where outcome is not null and not told;
-- One at a time.
create unique index health_check_open on health_check (account_id) where outcome is null;

-- Events other than receipts in each hour, kept for eight weeks: what is usual at that hour of the week.
create table event_hour (
  account_id uuid not null references gateway_account (id) on delete cascade,
  hour timestamptz not null,
  events integer not null check (events >= 0),
  primary key (account_id, hour)
);

-- What the passive watch thinks right now.
create table event_suspicion (
  account_id uuid primary key references gateway_account (id) on delete cascade,
  kind text not null check (kind in ('silence', 'receipts')),
  since timestamptz not null,
  detail text not null
);
