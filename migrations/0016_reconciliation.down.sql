drop table reconciliation_seen;
drop table reconciliation_diff;
drop table reconciliation_run;
delete from message where purpose = 'elsewhere';
alter table message
  drop constraint message_purpose_check,
  add constraint message_purpose_check
    check (purpose in ('campaign', 'reply', 'opt_out_confirmation', 'opt_in_confirmation', 'help', 'inbound'));
alter table gateway_account drop column history_days;
