drop index enrollment_claim;
create index enrollment_claim on enrollment (campaign_id, zone_group, not_before, id) where state = 'pending';
drop table early_receipt;
alter table message drop column decision;
drop table campaign_pace;
alter table campaign drop constraint campaign_pointless, drop column pointless_action, drop column pointless_after,
  drop column finish_by, drop column max_per_day, drop column max_per_hour;
alter table lane_usage drop column parts;
update lane set state = 'active', state_reason = null where state = 'draining';
alter table lane drop constraint lane_state_check;
alter table lane add constraint lane_state_check check (state in ('active', 'paused', 'off'));
alter table lane drop column parts_per_day, drop column parts_per_second, drop column messages_per_second;
alter table gateway_account drop constraint gateway_account_breaker, drop column breaker_detail, drop column breaker_open_since;
