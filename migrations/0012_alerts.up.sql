-- Purpose: alerts that leave the house (mail, PagerDuty): what is wrong or was, one row per case; every notice about it, as an
--          outbox; and who paused a lane, an account or a campaign, since a person's own pause alerts nobody.
-- Locks:   gateway_account, lane and campaign, for a moment each.
-- Old code may run beside it: yes, what it pauses raises no alert.

alter table gateway_account add column paused_by_engine boolean not null default false;
alter table lane add column paused_by_engine boolean not null default false;
alter table campaign add column paused_by_engine boolean not null default false;
create index campaign_paused_by_engine on campaign (id) where state = 'paused' and paused_by_engine;

create table alert (
  id uuid primary key,
  kind text not null,
  -- "account:<uuid>", "lane:<uuid>", "campaign:<uuid>": what it is about.
  subject text not null,
  severity text not null check (severity in ('critical', 'error', 'warning', 'info')),
  headline text not null check (length(headline) between 1 and 200),
  summary text not null check (length(summary) between 1 and 2000),
  -- A page of the web app.
  link text not null,
  detail jsonb not null,
  -- How often it was raised, and how often it began anew after it had ended.
  times integer not null default 1 check (times > 0),
  openings integer not null default 1 check (openings > 0),
  opened_at timestamptz not null,
  last_seen_at timestamptz not null,
  resolved_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  check ((acknowledged_at is null) = (acknowledged_by is null))
);
create unique index alert_open on alert (kind, subject) where resolved_at is null;
create index alert_newest on alert (opened_at desc, id desc);
create index alert_ended on alert (kind, subject, resolved_at desc) where resolved_at is not null;

create table alert_delivery (
  id bigint generated always as identity primary key,
  alert_id uuid not null references alert (id) on delete cascade,
  channel text not null check (channel in ('mail', 'pagerduty')),
  event text not null check (event in ('trigger', 'resolve')),
  opening integer not null,
  state text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'failed', 'cancelled')),
  attempts integer not null default 0,
  next_at timestamptz not null,
  -- Whoever sends it lets go of it then, at the latest.
  claimed_until timestamptz,
  error text,
  created_at timestamptz not null,
  sent_at timestamptz,
  -- An opening and a recovery are told once per channel.
  unique (alert_id, channel, event, opening),
  check ((state = 'sending') = (claimed_until is not null)),
  check ((state = 'sent') = (sent_at is not null))
);
create index alert_delivery_due on alert_delivery (channel, next_at, id) where state in ('waiting', 'sending');
create index alert_delivery_failed on alert_delivery (channel, created_at) where state = 'failed';
