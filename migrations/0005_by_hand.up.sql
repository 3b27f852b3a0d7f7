-- Purpose: unknown outcomes that a person settles, and what is known of the asking (docs/decisions/0017).
-- Locks:   short exclusive locks on message and message_attempt; the new checks read each table once.
-- Old code may run beside it: yes, it writes no text that the wider check refuses, and leaves the new columns alone.

alter table message
  -- Who said what became of it, when it was a person and not the gateway: `user:<id>`.
  add column settled_by text,
  -- When the gateway was last asked what became of a text whose answer was lost, and why that settled nothing.
  add column asked_at timestamptz,
  add column ask_outcome text check (ask_outcome in ('not_listed', 'no_answer')),
  add constraint message_asked check ((asked_at is null) = (ask_outcome is null));

-- A person who has seen the text on the phone does not know the gateway's id of it.
alter table message drop constraint message_check3;
alter table message add constraint message_sent_known
  check (state not in ('sent', 'delivered') or gateway_message_id is not null or settled_by is not null);

alter table message_attempt drop constraint message_attempt_outcome_check;
alter table message_attempt add constraint message_attempt_outcome_check check (outcome in ('accepted', 'refused_recipient',
  'refused_sender', 'throttled', 'unknown', 'settled_sent', 'settled_absent', 'not_called', 'said_sent', 'said_absent'));
