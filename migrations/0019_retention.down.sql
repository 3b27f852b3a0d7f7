drop index gateway_event_attempt_replay;
drop index event_replay_finished;
drop index health_check_finished;
drop index reconciliation_run_finished;
drop index alert_resolved;
alter table gateway_account drop column webhook_fallback;
alter table gateway_account drop column webhook_generation;
