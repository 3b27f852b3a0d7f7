drop table event_suspicion;
drop table event_hour;
drop table health_check;
drop table health_setting;
delete from message_attempt where message_id in (select id from message where purpose = 'health_check');
delete from message where purpose = 'health_check';
alter table message drop constraint message_purpose_check;
alter table message add constraint message_purpose_check check (purpose in ('campaign', 'reply', 'opt_out_confirmation',
  'opt_in_confirmation', 'help', 'inbound', 'elsewhere'));
drop table webhook_look;
alter table gateway_account drop column webhook_parts_refused;
alter table gateway_account drop column webhook_change_until;
drop table webhook_key;
