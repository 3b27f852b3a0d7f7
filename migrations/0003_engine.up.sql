-- Purpose: pacing of lanes and campaigns, frequency caps, breakers, the end of a campaign's use, decision records.
-- Locks:   short exclusive locks on small tables; on enrollment a new index (nothing has been released, so tables are small).
-- Old code may run beside it: no, the claim walks the new index and writes the new columns.

-- The breaker of an account is open while its gateway does not answer; campaigns wait and say so.
alter table gateway_account
  add column breaker_open_since timestamptz,
  add column breaker_detail text,
  add constraint gateway_account_breaker check ((breaker_open_since is null) = (breaker_detail is null));

-- Throughput of one sender number, where its carrier regime has one (10DLC counts parts); null: only the account's rate.
alter table lane
  add column messages_per_second numeric(7, 2) check (messages_per_second > 0 and messages_per_second <= 1000),
  add column parts_per_second numeric(7, 2) check (parts_per_second > 0 and parts_per_second <= 1000),
  add column parts_per_day integer check (parts_per_day > 0);

-- A draining lane serves the people who know it and takes no new ones.
alter table lane drop constraint lane_state_check;
alter table lane add constraint lane_state_check check (state in ('active', 'draining', 'paused', 'off'));

alter table lane_usage add column parts integer not null default 0 check (parts >= 0);

alter table campaign
  add column max_per_hour integer check (max_per_hour > 0),
  add column max_per_day integer check (max_per_day > 0),
  -- Spread evenly until then.
  add column finish_by timestamptz,
  -- Whoever waits after this instant is dropped, asked about, or texted all the same.
  add column pointless_after timestamptz,
  add column pointless_action text check (pointless_action in ('drop', 'ask', 'go_on')),
  add constraint campaign_pointless check ((pointless_after is null) = (pointless_action is null));

-- What a campaign with a pace has used of it, counted in the transactions of the claims.
create table campaign_pace (
  campaign_id uuid primary key references campaign (id) on delete cascade,
  hour_start timestamptz not null,
  hour_texts integer not null default 0 check (hour_texts >= 0),
  day date not null,
  day_texts integer not null default 0 check (day_texts >= 0),
  -- When the next text of an evenly spread campaign is due.
  next_at timestamptz not null
);

-- Why this text went out as it did: rules with their inputs and versions (sending/decision.ts). Its shape has a version.
alter table message add column decision jsonb;

-- Delivery reports that came before our own record of the send; applied with it.
create table early_receipt (
  account_id uuid not null references gateway_account (id) on delete cascade,
  gateway_message_id text not null,
  status text not null check (status in ('delivered', 'undelivered', 'failed')),
  error_code text,
  at timestamptz not null,
  primary key (account_id, gateway_message_id)
);

create index early_receipt_age on early_receipt (at);

-- The claim walks one campaign, one open zone group and one lane (the nil UUID: new people) in the order of not_before.
drop index enrollment_claim;
create index enrollment_claim on enrollment
  (campaign_id, zone_group, coalesce(lane_id, '00000000-0000-0000-0000-000000000000'), not_before, id) where state = 'pending';
