-- Purpose: the tables of the first campaign, end to end: accounts and lanes, contacts and imports, templates, campaigns,
--          enrollments, messages, conversations, suppressions, gateway events, audit entries, settings.
-- Locks:   creates only.
-- Old code may run beside it: there is none.
--
-- All instants come from the code as parameters (the clock is injected); no column has now() as its default.

create table setting (
  key text primary key,
  value jsonb not null,
  updated_at timestamptz not null
);

-- Gateways ---------------------------------------------------------------------------------------------------------------

create table gateway_account (
  id uuid primary key,
  kind text not null check (kind in ('quo')),
  name text not null check (length(name) between 1 and 200),
  base_url text not null,
  environment text not null check (environment in ('live', 'sandbox')),
  api_key_sealed text not null,
  webhook_ref text,
  webhook_secrets_sealed text[] not null default '{}',
  rate_per_second numeric(6, 2) not null default 8 check (rate_per_second > 0 and rate_per_second <= 1000),
  state text not null check (state in ('active', 'paused')),
  state_reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (state = 'active' or state_reason is not null)
);

-- One holder per account: its rate can then be kept in plain memory. Every write of a holder is fenced by `epoch`.
create table account_lease (
  account_id uuid primary key references gateway_account (id) on delete cascade,
  owner text,
  epoch bigint not null default 0,
  expires_at timestamptz
);

create table lane (
  id uuid primary key,
  account_id uuid not null references gateway_account (id),
  gateway_ref text not null,
  phone text not null,
  name text not null,
  zone text not null,
  daily_cap integer not null default 125 check (daily_cap between 1 and 1000000),
  state text not null check (state in ('active', 'paused', 'off')),
  state_reason text,
  paused_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (account_id, gateway_ref),
  unique (phone),
  check (state = 'active' or state_reason is not null)
);

-- Campaign texts per lane and business day, reserved in the transaction of the intent and given back when provably not sent.
create table lane_usage (
  lane_id uuid not null references lane (id) on delete cascade,
  day date not null,
  reserved integer not null check (reserved >= 0),
  primary key (lane_id, day)
);

-- Contacts ---------------------------------------------------------------------------------------------------------------

create table import_run (
  id uuid primary key,
  file_name text not null,
  file_bytes bigint not null check (file_bytes >= 0),
  blob_key text not null,
  state text not null check (state in ('uploaded', 'previewed', 'running', 'completed', 'failed')),
  mapping jsonb,
  detected jsonb,
  preview jsonb,
  rows integer,
  created_contacts integer,
  updated_contacts integer,
  unchanged_contacts integer,
  merged_rows integer,
  refused_rows integer,
  progress_rows integer not null default 0,
  progress_bytes bigint not null default 0,
  -- How often a worker began it: a file that ends every process that reads it must not be tried for ever.
  attempts integer not null default 0,
  error text,
  created_by text,
  created_at timestamptz not null,
  finished_at timestamptz,
  check ((state in ('completed', 'failed')) = (finished_at is not null)),
  check (state <> 'failed' or error is not null)
);

create index import_run_newest on import_run (created_at desc, id desc);
create index import_run_open on import_run (created_at) where state in ('uploaded', 'previewed', 'running');

create table import_refusal (
  import_id uuid not null references import_run (id) on delete cascade,
  line integer not null,
  value text not null,
  reason text not null,
  primary key (import_id, line, reason)
);

create table contact (
  id uuid primary key,
  phone text not null unique check (phone ~ '^\+1[2-9][0-9]{9}$'),
  first_name text,
  last_name text,
  email text,
  company text,
  street text,
  city text,
  state text,
  postal_code text,
  attributes jsonb not null default '{}' check (jsonb_typeof(attributes) = 'object'),
  tags text[] not null default '{}',
  -- Canonical text of the plausible states and zones of the recipient (contacts/zones.ts); quiet hours are decided per group.
  zone_group text not null,
  number_state text not null default 'unverified' check (number_state in ('unverified', 'textable', 'invalid')),
  number_state_reason text,
  -- The lane that this person knows, so that one business keeps one number towards one person.
  lane_id uuid references lane (id),
  last_campaign_text_at timestamptz,
  source text not null,
  import_id uuid references import_run (id) on delete set null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  search text not null generated always as (
    lower(coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(company, '') || ' ' || coalesce(email, '') || ' ' || phone)
  ) stored
);

create extension if not exists pg_trgm;
create index contact_search on contact using gin (search gin_trgm_ops);
create index contact_tags on contact using gin (tags);
create index contact_place on contact (state, city);
create index contact_newest on contact (created_at desc, id desc);
-- No index on last_campaign_text_at: every text would then rewrite all indexes of the row instead of being a HOT update.
alter table contact set (fillfactor = 90);

-- Compliance -------------------------------------------------------------------------------------------------------------

-- Any reason not to send to a number. Rows are never deleted: lifting one keeps its history.
create table suppression (
  id uuid primary key,
  phone text not null,
  reason text not null check (reason in ('opt_out', 'wrong_number', 'provider_opt_out', 'invalid_number')),
  channel text not null check (channel in ('sms', 'staff', 'gateway', 'import', 'api')),
  -- What was said and how it was understood, kept with the classifier's version.
  evidence jsonb not null,
  created_at timestamptz not null,
  lifted_at timestamptz,
  lifted_evidence jsonb,
  check ((lifted_at is null) = (lifted_evidence is null))
);

create unique index suppression_active on suppression (phone, reason) where lifted_at is null;
create index suppression_history on suppression (phone, created_at);

create table audit_entry (
  id uuid primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text not null,
  phone text,
  detail jsonb not null
);

create index audit_entry_newest on audit_entry (at desc, id desc);
create index audit_entry_phone on audit_entry (phone, at) where phone is not null;
create index audit_entry_subject on audit_entry (subject, at);

-- Campaigns --------------------------------------------------------------------------------------------------------------

create table template (
  id uuid primary key,
  name text not null unique check (length(name) between 1 and 200),
  body text not null,
  version integer not null default 1,
  archived_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table campaign (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  state text not null check (state in ('draft', 'running', 'paused', 'completed', 'cancelled')),
  state_reason text,
  audience jsonb not null,
  priority smallint not null default 5 check (priority between 1 and 9),
  window_start_minute smallint not null default 480,
  window_end_minute smallint not null default 1260,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  launched_at timestamptz,
  finished_at timestamptz,
  -- A draft is edited by people at once: the version that was read must be the version that is written.
  revision integer not null default 1,
  check ((state = 'draft') = (launched_at is null)),
  check ((state in ('completed', 'cancelled')) = (finished_at is not null)),
  check (state <> 'paused' or state_reason is not null),
  check (window_start_minute >= 0 and window_end_minute <= 1440 and window_start_minute < window_end_minute)
);

create index campaign_newest on campaign (created_at desc, id desc);
create index campaign_running on campaign (priority, id) where state = 'running';

create table campaign_variant (
  id uuid primary key,
  campaign_id uuid not null references campaign (id) on delete cascade,
  label text not null check (length(label) between 1 and 20),
  weight integer not null check (weight between 1 and 1000),
  body text not null,
  position smallint not null,
  unique (campaign_id, label),
  unique (campaign_id, position)
);

create table campaign_lane (
  campaign_id uuid not null references campaign (id) on delete cascade,
  lane_id uuid not null references lane (id),
  primary key (campaign_id, lane_id)
);

create index campaign_lane_lane on campaign_lane (lane_id);

-- The zone groups that a campaign has people in: the engine asks which of them are open now, and pages when the last of those who
-- wait are texted, without touching enrollments. `pending` is kept by the trigger below.
create table campaign_zone_group (
  campaign_id uuid not null references campaign (id) on delete cascade,
  zone_group text not null,
  pending bigint not null default 0,
  primary key (campaign_id, zone_group)
);

create table enrollment (
  id uuid primary key,
  campaign_id uuid not null references campaign (id),
  contact_id uuid not null references contact (id),
  phone text not null,
  variant_id uuid references campaign_variant (id),
  zone_group text not null,
  state text not null check (state in ('pending', 'handing_over', 'unknown', 'sent', 'delivered', 'failed', 'skipped')),
  skip_reason text,
  failure_code text,
  lane_id uuid references lane (id),
  not_before timestamptz not null,
  parts smallint,
  created_at timestamptz not null,
  sent_at timestamptz,
  delivered_at timestamptz,
  failed_at timestamptz,
  replied_at timestamptz,
  opted_out_at timestamptz,
  unique (campaign_id, contact_id),
  check ((state = 'skipped') = (skip_reason is not null)),
  check ((state = 'failed') = (failed_at is not null)),
  check (state <> 'failed' or failure_code is not null),
  check (state not in ('sent', 'delivered') or (sent_at is not null and lane_id is not null)),
  check (state <> 'delivered' or delivered_at is not null)
);

-- The claim walks one campaign and one open zone group in the order of not_before.
create index enrollment_claim on enrollment (campaign_id, zone_group, not_before, id) where state = 'pending';
create index enrollment_pending_phone on enrollment (phone) where state = 'pending';
create index enrollment_contact on enrollment (contact_id, created_at desc);
-- With the variant, so that a rare one is found without visiting the rows of the others.
create index enrollment_recipients on enrollment (campaign_id, state, id, variant_id);
-- The rate of the last minutes.
create index enrollment_sent on enrollment (campaign_id, sent_at) where sent_at is not null;
create index enrollment_replies on enrollment (campaign_id, replied_at desc) where replied_at is not null;
create index enrollment_failures on enrollment (campaign_id, failure_code) where state = 'failed';
create index enrollment_skips on enrollment (campaign_id, skip_reason) where state = 'skipped';

-- Counts kept in the transactions of the enrollments that they count (trigger below).
create table campaign_totals (
  campaign_id uuid not null references campaign (id) on delete cascade,
  variant_id uuid not null,
  pending bigint not null default 0,
  handing_over bigint not null default 0,
  unknown bigint not null default 0,
  sent bigint not null default 0,
  delivered bigint not null default 0,
  failed bigint not null default 0,
  skipped bigint not null default 0,
  replied bigint not null default 0,
  opted_out bigint not null default 0,
  parts bigint not null default 0,
  -- Texts that the gateway took, whatever became of them: with those that failed afterwards, without those that it refused.
  accepted bigint not null default 0,
  primary key (campaign_id, variant_id)
);

-- Messages ---------------------------------------------------------------------------------------------------------------

create table conversation (
  id uuid primary key,
  lane_id uuid not null references lane (id),
  phone text not null,
  contact_id uuid references contact (id),
  state text not null check (state in ('open', 'done')),
  unread integer not null default 0 check (unread >= 0),
  -- Set while a person has not yet been answered: the inbox is sorted by the age of the unanswered.
  waiting_since timestamptz,
  needs_review boolean not null default false,
  last_message_at timestamptz not null,
  last_message_preview text not null,
  last_message_direction text not null check (last_message_direction in ('inbound', 'outbound')),
  created_at timestamptz not null,
  unique (lane_id, phone)
);

create index conversation_newest on conversation (state, last_message_at desc, id desc);
create index conversation_waiting on conversation (waiting_since) where waiting_since is not null;
create index conversation_phone on conversation (phone);
create index conversation_contact on conversation (contact_id);

create table message (
  id uuid primary key,
  account_id uuid not null references gateway_account (id),
  lane_id uuid not null references lane (id),
  conversation_id uuid references conversation (id),
  contact_id uuid references contact (id),
  direction text not null check (direction in ('inbound', 'outbound')),
  purpose text not null check (purpose in ('campaign', 'reply', 'opt_out_confirmation', 'opt_in_confirmation', 'help', 'inbound')),
  enrollment_id uuid references enrollment (id),
  step smallint not null default 1,
  phone text not null,
  body text not null,
  encoding text not null check (encoding in ('GSM-7', 'UCS-2')),
  parts smallint not null check (parts >= 1),
  media jsonb not null default '[]',
  state text not null check (state in ('pending', 'handing_over', 'unknown', 'sent', 'delivered', 'failed', 'received', 'cancelled')),
  gateway_message_id text,
  failure_code text,
  failure_message text,
  attempts smallint not null default 0,
  lease_epoch bigint,
  -- The business day on which the lane's cap was reserved for it; null for texts that do not count.
  cap_day date,
  not_before timestamptz not null,
  -- A confirmation that is late is worse than none: after this instant it is not handed over any more.
  not_after timestamptz,
  created_by text,
  created_at timestamptz not null,
  -- Begin of the newest attempt, committed before the gateway is called.
  attempted_at timestamptz,
  sent_at timestamptz,
  delivered_at timestamptz,
  failed_at timestamptz,
  receipt_checked_at timestamptz,
  -- Of an inbound text: how it was understood.
  classification jsonb,
  in_reply_to_enrollment_id uuid references enrollment (id),
  unique (account_id, gateway_message_id),
  check ((direction = 'inbound') = (purpose = 'inbound')),
  check ((direction = 'inbound') = (state = 'received')),
  check ((purpose = 'campaign') = (enrollment_id is not null)),
  check (state not in ('sent', 'delivered') or gateway_message_id is not null),
  check (state not in ('handing_over', 'unknown') or (attempted_at is not null and lease_epoch is not null))
);

-- One text per enrollment and step, whatever happens.
create unique index message_enrollment_step on message (enrollment_id, step) where enrollment_id is not null;
create index message_conversation on message (conversation_id, created_at, id);
create index message_contact on message (contact_id, created_at desc);
-- Replies and confirmations that wait for the holder of their account.
create index message_direct_pending on message (account_id, not_before, id) where state = 'pending' and purpose <> 'campaign';
create index message_unsettled on message (account_id, attempted_at) where state in ('handing_over', 'unknown');
-- Texts without a final receipt, which the sweeper asks about.
create index message_awaiting_receipt on message (account_id, sent_at) where state = 'sent' and direction = 'outbound';
-- Linking a reply to the newest campaign text to that number, and settling by number.
create index message_phone on message (phone, created_at desc);
create index message_answers on message (in_reply_to_enrollment_id) where in_reply_to_enrollment_id is not null;

create table message_attempt (
  message_id uuid not null references message (id),
  attempt smallint not null,
  lease_epoch bigint not null,
  worker text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  outcome text check (outcome in ('accepted', 'refused_recipient', 'refused_sender', 'throttled', 'unknown', 'settled_sent', 'settled_absent', 'not_called')),
  detail text,
  primary key (message_id, attempt),
  check ((finished_at is null) = (outcome is null))
);

-- Events -----------------------------------------------------------------------------------------------------------------

create table gateway_event (
  id uuid primary key,
  account_id uuid not null references gateway_account (id),
  event_id text not null,
  type text not null,
  phone text,
  payload text not null,
  headers jsonb not null,
  received_at timestamptz not null,
  state text not null check (state in ('received', 'applied', 'failed')),
  attempts smallint not null default 0,
  error text,
  applied_at timestamptz,
  unique (account_id, event_id),
  check ((state = 'applied') = (applied_at is not null)),
  check (state <> 'failed' or error is not null)
);

create index gateway_event_newest on gateway_event (received_at desc, id desc);
create index gateway_event_open on gateway_event (received_at) where state <> 'applied';

create table api_key (
  id uuid primary key,
  name text not null check (length(name) between 1 and 100),
  role text not null check (role in ('owner', 'manager', 'agent', 'viewer')),
  prefix text not null,
  key_sha256 text not null unique,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- The caller's name of one intended effect, stored in the transaction of that effect.
create table idempotency_key (
  actor text not null,
  key text not null,
  route text not null,
  request_sha256 text not null,
  status smallint not null,
  response jsonb not null,
  created_at timestamptz not null,
  primary key (actor, key)
);

create index idempotency_key_age on idempotency_key (created_at);

-- Totals -----------------------------------------------------------------------------------------------------------------

-- Statement-level: one aggregated upsert per statement, in the order of its key, so that two writers lock rows in one order.
-- Enrollments without a variant (left out before assignment) count under the nil UUID.
create function enrollment_inserted() returns trigger language plpgsql as $$
begin
  insert into campaign_totals as t (campaign_id, variant_id, pending, handing_over, unknown, sent, delivered, failed, skipped, replied, opted_out, parts,
    accepted)
  select campaign_id, coalesce(variant_id, '00000000-0000-0000-0000-000000000000'),
    count(*) filter (where state = 'pending'), count(*) filter (where state = 'handing_over'),
    count(*) filter (where state = 'unknown'), count(*) filter (where state = 'sent'),
    count(*) filter (where state = 'delivered'), count(*) filter (where state = 'failed'),
    count(*) filter (where state = 'skipped'), count(replied_at), count(opted_out_at), coalesce(sum(parts), 0),
    count(sent_at)
  from new_rows group by 1, 2 order by 1, 2
  on conflict (campaign_id, variant_id) do update set
    pending = t.pending + excluded.pending, handing_over = t.handing_over + excluded.handing_over,
    unknown = t.unknown + excluded.unknown, sent = t.sent + excluded.sent, delivered = t.delivered + excluded.delivered,
    failed = t.failed + excluded.failed, skipped = t.skipped + excluded.skipped, replied = t.replied + excluded.replied,
    opted_out = t.opted_out + excluded.opted_out, parts = t.parts + excluded.parts, accepted = t.accepted + excluded.accepted;
  insert into campaign_zone_group as g (campaign_id, zone_group, pending)
  select campaign_id, zone_group, count(*) from new_rows where state = 'pending' group by 1, 2 order by 1, 2
  on conflict (campaign_id, zone_group) do update set pending = g.pending + excluded.pending;
  return null;
end $$;

create function enrollment_updated() returns trigger language plpgsql as $$
begin
  insert into campaign_totals as t (campaign_id, variant_id, pending, handing_over, unknown, sent, delivered, failed, skipped, replied, opted_out, parts,
    accepted)
  select campaign_id, coalesce(variant_id, '00000000-0000-0000-0000-000000000000'),
    coalesce(sum(n) filter (where state = 'pending'), 0), coalesce(sum(n) filter (where state = 'handing_over'), 0),
    coalesce(sum(n) filter (where state = 'unknown'), 0), coalesce(sum(n) filter (where state = 'sent'), 0),
    coalesce(sum(n) filter (where state = 'delivered'), 0), coalesce(sum(n) filter (where state = 'failed'), 0),
    coalesce(sum(n) filter (where state = 'skipped'), 0), coalesce(sum(n) filter (where replied_at is not null), 0),
    coalesce(sum(n) filter (where opted_out_at is not null), 0), coalesce(sum(n * coalesce(parts, 0)), 0),
    coalesce(sum(n) filter (where sent_at is not null), 0)
  from (
    select campaign_id, variant_id, state, replied_at, opted_out_at, parts, sent_at, 1 as n from new_rows
    union all
    select campaign_id, variant_id, state, replied_at, opted_out_at, parts, sent_at, -1 from old_rows
  ) change
  group by 1, 2 order by 1, 2
  on conflict (campaign_id, variant_id) do update set
    pending = t.pending + excluded.pending, handing_over = t.handing_over + excluded.handing_over,
    unknown = t.unknown + excluded.unknown, sent = t.sent + excluded.sent,
    delivered = t.delivered + excluded.delivered, failed = t.failed + excluded.failed,
    skipped = t.skipped + excluded.skipped, replied = t.replied + excluded.replied,
    opted_out = t.opted_out + excluded.opted_out, parts = t.parts + excluded.parts, accepted = t.accepted + excluded.accepted;
  insert into campaign_zone_group as g (campaign_id, zone_group, pending)
  select campaign_id, zone_group, sum(n)
  from (
    select campaign_id, zone_group, 1 as n from new_rows where state = 'pending'
    union all
    select campaign_id, zone_group, -1 from old_rows where state = 'pending'
  ) change
  group by 1, 2 having sum(n) <> 0 order by 1, 2
  on conflict (campaign_id, zone_group) do update set pending = g.pending + excluded.pending;
  return null;
end $$;

create trigger enrollment_inserted after insert on enrollment
  referencing new table as new_rows for each statement execute function enrollment_inserted();
create trigger enrollment_updated after update on enrollment
  referencing old table as old_rows new table as new_rows for each statement execute function enrollment_updated();

-- A contact whose address changes may have moved to another zone: whoever still waits for a text waits by the new hours.
create function contact_moved() returns trigger language plpgsql as $$
begin
  -- Also those that are just being handed over: what provably did not go out waits again, by the new hours.
  update enrollment set zone_group = new.zone_group
  where contact_id = new.id and state in ('pending', 'handing_over', 'unknown');
  return null;
end $$;

create trigger contact_moved after update of zone_group on contact
  for each row when (old.zone_group is distinct from new.zone_group) execute function contact_moved();
