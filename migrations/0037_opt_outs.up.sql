-- Purpose: each opt-out with how it came, when it reached us, when it was in force and which campaign text it counts against; and how many
--          texts went out by hour, campaign, variant, number and state, for the rates of the compliance pages.
-- Locks:   creates only, and reads the suppressions and enrollments for what was before. The index on message is made while its writers
--          wait: a minute for a hundred million texts.
-- Old code may run beside it: yes. An opt-out that it takes in is honoured and missing in the report.

create table opt_out (
  suppression_id uuid primary key references suppression (id),
  how text not null check (how in ('keyword', 'free_text', 'review', 'link', 'provider', 'person', 'import', 'api', 'erasure')),
  -- By the provider's clock, or whoever told of it; null when nobody knows.
  said_at timestamptz,
  -- When it reached us; null of opt-outs from before this was kept.
  heard_at timestamptz,
  in_force_at timestamptz not null,
  -- The campaign text of the days before, if there was one. A text has one opt-out at most.
  enrollment_id uuid unique,
  -- When that text was begun.
  text_at timestamptz,
  campaign_id uuid,
  variant_id uuid,
  lane_id uuid,
  -- States in which the person may be, as in zone_group; empty when no place is known.
  place text,
  check ((enrollment_id is null) = (text_at is null) and (enrollment_id is null) = (campaign_id is null) and (campaign_id is null) = (variant_id is null)
    and (variant_id is null) = (lane_id is null) and (lane_id is null) = (place is null))
);
create index opt_out_in_force on opt_out (in_force_at);
create index opt_out_text on opt_out (text_at) where text_at is not null;

insert into opt_out (suppression_id, how, said_at, in_force_at)
select s.id,
  case s.channel when 'sms' then case when s.evidence ->> 'tier' = '1' then 'keyword' else 'free_text' end
    when 'staff' then 'person' when 'gateway' then 'provider' else s.channel end,
  (s.evidence ->> 'saidAt')::timestamptz, s.created_at
from suppression s where s.reason <> 'invalid_number' and not exists (
  select from suppression b where b.phone = s.phone and b.reason <> 'invalid_number' and b.id <> s.id and b.created_at < s.created_at
    and (b.lifted_at is null or b.lifted_at > s.created_at));

-- The text counts for the first opt-out from then on, and each opt-out against the newest text.
with pairs as (
  select distinct on (e.id) s.id, e.id as enrollment_id, e.campaign_id, e.variant_id, e.lane_id, e.opted_out_at,
    coalesce(e.sent_at, e.opted_out_at) as text_at, split_part(e.zone_group, '|', 1) as place
  from enrollment e join contact c on c.id = e.contact_id join suppression s on s.phone = c.phone join opt_out o on o.suppression_id = s.id
  where e.opted_out_at is not null and e.variant_id is not null and e.lane_id is not null
    and s.created_at >= e.opted_out_at - interval '1 minute'
  order by e.id, s.created_at)
update opt_out o set enrollment_id = x.enrollment_id, text_at = x.text_at, campaign_id = x.campaign_id, variant_id = x.variant_id, lane_id = x.lane_id, place = x.place
from (select distinct on (id) * from pairs order by id, opted_out_at desc) x where o.suppression_id = x.id;

-- Campaign texts that the gateway took, by the hour in which it did. Made again from the enrollments wherever it differs from
-- campaign_hour, which a trigger keeps (compliance/tally-texts.ts).
create table text_tally (
  campaign_id uuid not null references campaign (id) on delete cascade,
  hour timestamptz not null,
  variant_id uuid not null,
  lane_id uuid not null,
  place text not null,
  texts bigint not null check (texts > 0),
  primary key (campaign_id, hour, variant_id, lane_id, place)
);
create index text_tally_hour on text_tally (hour);

-- What takes too long to be counted for a page: how many people may be texted now, who has agreed, who was left out and why
-- (operations/count-standing.ts). One row.
create table standing_count (
  one boolean primary key default true check (one),
  counts jsonb not null,
  counted_at timestamptz not null
);

-- How long confirmations of opt-outs took.
create index message_confirmation on message (created_at) where purpose = 'opt_out_confirmation';
