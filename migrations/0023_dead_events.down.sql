alter table webhook_proxy_target drop column swept_far_at;
delete from reconciliation_diff where kind = 'unreadable';
alter table reconciliation_diff
  drop constraint reconciliation_diff_kind_check,
  add constraint reconciliation_diff_kind_check check (kind in ('missing_here', 'stale_here', 'missing_there', 'differs'));
alter table reconciliation_run drop column unreadable;
drop table gateway_lookup;
drop table gateway_contact;
delete from gateway_event_attempt where outcome = 'discarded';
alter table gateway_event_attempt
  drop constraint gateway_event_attempt_discarded_check,
  drop constraint gateway_event_attempt_outcome_check,
  add constraint gateway_event_attempt_outcome_check check (outcome in ('applied', 'failed', 'replayed')),
  drop column reason,
  drop column actor_name;
drop index gateway_event_discarded;
update gateway_event set state = 'failed' where state = 'discarded';
drop index gateway_event_phone;
create index gateway_event_phone on gateway_event (phone, id) where phone is not null;
create index gateway_event_open on gateway_event (received_at) where state <> 'applied';
alter table gateway_event
  drop constraint gateway_event_discarded_check,
  drop constraint gateway_event_state_check,
  add constraint gateway_event_state_check check (state in ('received', 'retrying', 'applied', 'failed'));
