-- Purpose: which generation of the gateway's events an account is asked for in, and why it is not the newest; indexes by which what is
--          over is found when it has been kept for long enough.
-- Locks:   gateway_account for a moment; alert, reconciliation_run, health_check, event_replay and gateway_event_attempt while their
--          indexes are made: the time of one scan each, and none of them is large.
-- Old code may run beside it: yes; what it registers is of the generation before.

alter table gateway_account
  add column webhook_generation text not null default 'proven' check (webhook_generation in ('proven', 'newest')),
  -- In the gateway's words.
  add column webhook_fallback text,
  add constraint gateway_account_fallback_check check (webhook_fallback is null or webhook_generation = 'proven');

-- One registration for all kinds of events is the newest generation.
update gateway_account a set webhook_generation = 'newest'
where exists (select from webhook_key k where k.account_id = a.id and k.part = 'all' and k.retire_at is null);

create index alert_resolved on alert (resolved_at) where resolved_at is not null;
create index reconciliation_run_finished on reconciliation_run (finished_at) where finished_at is not null;
create index health_check_finished on health_check (finished_at) where finished_at is not null;
create index event_replay_finished on event_replay (finished_at) where finished_at is not null;
-- For replays that are removed.
create index gateway_event_attempt_replay on gateway_event_attempt (replay_id) where replay_id is not null;
