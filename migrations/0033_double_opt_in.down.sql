delete from message_attempt where message_id in (select id from message where purpose = 'opt_in_request');
delete from message where purpose = 'opt_in_request';
alter table message drop constraint message_purpose_check;
alter table message add constraint message_purpose_check check (purpose in ('campaign', 'reply', 'opt_out_confirmation',
  'opt_in_confirmation', 'help', 'inbound', 'elsewhere', 'health_check'));
alter table consent_event drop column confirm_until;
