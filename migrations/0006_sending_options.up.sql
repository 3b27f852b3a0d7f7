-- Purpose: the hours after a campaign's window at which its texts become pointless; whether a person was asked; numbers taken out
--          of a running campaign.
-- Locks:   short exclusive locks on campaign and campaign_lane, two small tables.
-- Old code may run beside it: no, it would send from numbers that were taken out of a campaign.

alter table campaign
  -- What a draft says instead of an instant; the launch works the instant out and keeps the hours for the record.
  add column pointless_hours smallint check (pointless_hours between 0 and 720),
  -- The instant about which a person was asked. The campaign was paused with the question: whoever resumed it has answered.
  add column pointless_asked timestamptz,
  drop constraint campaign_pointless,
  add constraint campaign_pointless check (
    (pointless_action is null) = (pointless_after is null and pointless_hours is null)
    and (state = 'draft' or pointless_hours is null or pointless_after is not null));

-- A number that was taken out of a launched campaign stays here: the people who were to be texted from it are texted from the others.
alter table campaign_lane add column removed_at timestamptz;
