update message_attempt set outcome = replace(outcome, 'said_', 'settled_') where outcome in ('said_sent', 'said_absent');
alter table message_attempt drop constraint message_attempt_outcome_check;
alter table message_attempt add constraint message_attempt_outcome_check check (outcome in ('accepted', 'refused_recipient',
  'refused_sender', 'throttled', 'unknown', 'settled_sent', 'settled_absent', 'not_called'));
-- The older check wants an id of every text that was sent.
update message set gateway_message_id = 'by-hand:' || id where state in ('sent', 'delivered') and gateway_message_id is null;
alter table message drop constraint message_sent_known;
alter table message add constraint message_check3 check (state not in ('sent', 'delivered') or gateway_message_id is not null);
alter table message drop constraint message_asked, drop column ask_outcome, drop column asked_at, drop column settled_by;
