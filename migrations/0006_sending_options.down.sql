update enrollment e set lane_id = null from campaign_lane l
  where e.state = 'pending' and l.campaign_id = e.campaign_id and l.lane_id = e.lane_id and l.removed_at is not null;
delete from campaign_lane where removed_at is not null;
alter table campaign_lane drop column removed_at;
update campaign set pointless_action = null where pointless_after is null;
alter table campaign drop constraint campaign_pointless, drop column pointless_asked, drop column pointless_hours,
  add constraint campaign_pointless check ((pointless_after is null) = (pointless_action is null));
