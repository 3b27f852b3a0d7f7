drop table webhook_source;
alter table gateway_event_attempt drop column replay_id;
drop table event_replay;
drop index gateway_event_troubled;
create index gateway_event_failed on gateway_event (received_at) where state = 'failed';
drop index gateway_event_rare_type;
drop index gateway_event_phone;
drop index gateway_event_account;
create index gateway_event_account on gateway_event (account_id, received_at desc);
