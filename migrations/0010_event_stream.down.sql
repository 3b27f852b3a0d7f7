drop table gateway_event_attempt;
create index gateway_event_newest on gateway_event (received_at desc, id desc);
drop index gateway_event_line;
drop index gateway_event_waiting;
update gateway_event set state = 'received' where state = 'retrying';
alter table gateway_event
  add constraint gateway_event_account_id_fkey foreign key (account_id) references gateway_account (id),
  drop constraint gateway_event_retrying_check,
  drop constraint gateway_event_state_check,
  add constraint gateway_event_state_check check (state in ('received', 'applied', 'failed')),
  drop column error_stack,
  drop column signed_by,
  drop column source,
  drop column order_key;
