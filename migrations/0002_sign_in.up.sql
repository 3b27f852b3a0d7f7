-- Purpose: people who sign in (tables of better-auth, in our names), counts per campaign and hour for the dashboard and the live
--          page, and the indexes that the shell and the accounts page read by.
-- Locks:   creates; share locks on conversation, gateway_event and enrollment while indexes and triggers are made.
-- Old code may run beside it: yes, it does not know these tables; the triggers count its texts too.

-- Sign-in ----------------------------------------------------------------------------------------------------------------

create table auth_user (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  email text not null unique check (email = lower(email)),
  email_verified boolean not null default false,
  image text,
  role text not null check (role in ('owner', 'manager', 'agent', 'viewer')),
  -- A person who left keeps the row, for the history, and can no longer sign in.
  active boolean not null default true,
  last_seen_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table auth_session (
  id uuid primary key,
  user_id uuid not null references auth_user (id) on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create index auth_session_user on auth_session (user_id);
create index auth_session_expiry on auth_session (expires_at);

create table auth_account (
  id uuid primary key,
  user_id uuid not null references auth_user (id) on delete cascade,
  issuer text not null,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  -- scrypt, as better-auth writes it.
  password text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (issuer, account_id)
);

create index auth_account_user on auth_account (user_id);

create table auth_verification (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create index auth_verification_identifier on auth_verification (identifier);

-- Counts per hour --------------------------------------------------------------------------------------------------------

-- What happened to the enrollments of a campaign in each hour of UTC, by the instants that the enrollments carry. Kept by the
-- transactions that set those instants: 30 days of the dashboard are some hundred rows, whatever the number of texts.
create table campaign_hour (
  campaign_id uuid not null references campaign (id) on delete cascade,
  hour timestamptz not null,
  sent integer not null default 0,
  delivered integer not null default 0,
  failed integer not null default 0,
  replied integer not null default 0,
  opted_out integer not null default 0,
  primary key (campaign_id, hour)
);

create index campaign_hour_hour on campaign_hour (hour);

-- Claims and skips set none of the instants: for them the filter leaves no row, and nothing is written. Rows are locked in the
-- order of their key, so that two writers cannot wait for each other.
create function enrollment_hours_updated() returns trigger language plpgsql as $$
begin
  insert into campaign_hour as h (campaign_id, hour, sent, delivered, failed, replied, opted_out)
  select campaign_id, hour, coalesce(sum(n) filter (where kind = 'sent'), 0), coalesce(sum(n) filter (where kind = 'delivered'), 0),
    coalesce(sum(n) filter (where kind = 'failed'), 0), coalesce(sum(n) filter (where kind = 'replied'), 0),
    coalesce(sum(n) filter (where kind = 'opted_out'), 0)
  from (
    select campaign_id, kind, hour, sum(n) as n
    from (
      select campaign_id, sent_at, delivered_at, failed_at, replied_at, opted_out_at, 1 as n from new_rows
      where coalesce(sent_at, delivered_at, failed_at, replied_at, opted_out_at) is not null
      union all
      select campaign_id, sent_at, delivered_at, failed_at, replied_at, opted_out_at, -1 from old_rows
      where coalesce(sent_at, delivered_at, failed_at, replied_at, opted_out_at) is not null
    ) e,
    lateral (values ('sent', sent_at), ('delivered', delivered_at), ('failed', failed_at), ('replied', replied_at),
      ('opted_out', opted_out_at)) as i (kind, at),
    lateral date_trunc('hour', i.at, 'UTC') as hour
    where i.at is not null
    group by 1, 2, 3 having sum(n) <> 0
  ) change
  group by 1, 2 order by 1, 2
  on conflict (campaign_id, hour) do update set
    sent = h.sent + excluded.sent, delivered = h.delivered + excluded.delivered, failed = h.failed + excluded.failed,
    replied = h.replied + excluded.replied, opted_out = h.opted_out + excluded.opted_out;
  return null;
end $$;

create function enrollment_hours_inserted() returns trigger language plpgsql as $$
begin
  insert into campaign_hour as h (campaign_id, hour, sent, delivered, failed, replied, opted_out)
  select campaign_id, date_trunc('hour', i.at, 'UTC'), count(*) filter (where kind = 'sent'),
    count(*) filter (where kind = 'delivered'), count(*) filter (where kind = 'failed'),
    count(*) filter (where kind = 'replied'), count(*) filter (where kind = 'opted_out')
  from new_rows,
    lateral (values ('sent', sent_at), ('delivered', delivered_at), ('failed', failed_at), ('replied', replied_at),
      ('opted_out', opted_out_at)) as i (kind, at)
  where coalesce(sent_at, delivered_at, failed_at, replied_at, opted_out_at) is not null and i.at is not null
  group by 1, 2 order by 1, 2
  on conflict (campaign_id, hour) do update set
    sent = h.sent + excluded.sent, delivered = h.delivered + excluded.delivered, failed = h.failed + excluded.failed,
    replied = h.replied + excluded.replied, opted_out = h.opted_out + excluded.opted_out;
  return null;
end $$;

create trigger enrollment_hours_inserted after insert on enrollment
  referencing new table as new_rows for each statement execute function enrollment_hours_inserted();
create trigger enrollment_hours_updated after update on enrollment
  referencing old table as old_rows new table as new_rows for each statement execute function enrollment_hours_updated();

insert into campaign_hour (campaign_id, hour, sent, delivered, failed, replied, opted_out)
select campaign_id, date_trunc('hour', i.at, 'UTC'), count(*) filter (where kind = 'sent'),
  count(*) filter (where kind = 'delivered'), count(*) filter (where kind = 'failed'), count(*) filter (where kind = 'replied'),
  count(*) filter (where kind = 'opted_out')
from enrollment,
  lateral (values ('sent', sent_at), ('delivered', delivered_at), ('failed', failed_at), ('replied', replied_at),
    ('opted_out', opted_out_at)) as i (kind, at)
where i.at is not null
group by 1, 2;

-- Indexes ----------------------------------------------------------------------------------------------------------------

-- The badge of the inbox and "needs a person": few rows among many.
create index conversation_unread on conversation (id) where unread > 0;
create index conversation_review on conversation (last_message_at desc, id desc) where needs_review;
-- The newest event of an account: whether its webhooks arrive.
create index gateway_event_account on gateway_event (account_id, received_at desc);
create index gateway_event_failed on gateway_event (received_at) where state = 'failed';
