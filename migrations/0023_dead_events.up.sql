-- Purpose: events that can never be applied are discarded with a reason; when something was last told of a person of a gateway's address
--          book; texts and calls of which an event says too little are asked for at once; what cannot be read of a gateway's books is
--          a finding; events that were stored late are looked for in two rhythms.
-- Locks:   gateway_event while a constraint is checked and two indexes are made: the time of three scans; gateway_event_attempt and
--          reconciliation_diff while theirs are checked; webhook_proxy_target and reconciliation_run for a moment; creates besides.
-- Old code may run beside it: yes; it counts a discarded event among those that wait.

alter table gateway_event
  drop constraint gateway_event_state_check,
  add constraint gateway_event_state_check check (state in ('received', 'retrying', 'applied', 'failed', 'discarded')),
  add constraint gateway_event_discarded_check check (state <> 'discarded' or error is not null);
-- Those of gateway_event_waiting and gateway_event_troubled, which are in the order of their ids, and so nearly in that of their receipt:
-- one entry less for each event that comes in.
drop index gateway_event_open;
-- In the order of their numbers events come in all over the index: they enter it when they are applied, which writes their entries anew anyway.
drop index gateway_event_phone;
create index gateway_event_phone on gateway_event (phone, id) where phone is not null and state <> 'received';
create index gateway_event_discarded on gateway_event (id) where state = 'discarded';

alter table gateway_event_attempt
  -- Who discarded it, and why.
  add column actor_name text,
  add column reason text check (length(reason) between 1 and 300),
  drop constraint gateway_event_attempt_outcome_check,
  add constraint gateway_event_attempt_outcome_check check (outcome in ('applied', 'failed', 'replayed', 'discarded')),
  add constraint gateway_event_attempt_discarded_check check (outcome <> 'discarded' or reason is not null);

-- People of a gateway's address book, and when the newest that was told of each happened: an event that is older has no effect. A row
-- stays when the person has left the address book.
create table gateway_contact (
  account_id uuid not null references gateway_account (id),
  gateway_contact_id text not null,
  told_at timestamptz not null,
  is_deleted boolean not null,
  primary key (account_id, gateway_contact_id)
);

-- Texts and calls that the gateway is asked about because an event of theirs says too little. A row goes when the answer is stored, or
-- after some tries: then the nightly comparison finds it.
create table gateway_lookup (
  account_id uuid not null references gateway_account (id),
  kind text not null check (kind in ('text', 'call')),
  gateway_id text not null,
  attempts smallint not null default 0 check (attempts >= 0),
  next_at timestamptz not null,
  primary key (account_id, kind, gateway_id)
);
create index gateway_lookup_due on gateway_lookup (account_id, next_at);

alter table reconciliation_run add column unreadable integer not null default 0;
alter table reconciliation_diff
  drop constraint reconciliation_diff_kind_check,
  add constraint reconciliation_diff_kind_check
    check (kind in ('missing_here', 'stale_here', 'missing_there', 'differs', 'unreadable'));

-- When events that were stored long after they came were last looked for; null: when those that were stored a moment late were.
alter table webhook_proxy_target add column swept_far_at timestamptz;
