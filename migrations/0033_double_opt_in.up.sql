-- Purpose: until when an opt-in may be confirmed, as it was when the person was asked; the text that asks.
-- Locks:   consent_event and message for a moment (a column without a value; the wider check is checked against new rows at once, against
--          old ones without holding up writers).
-- Old code may run beside it: yes. What it records waits for 72 hours, as before.

alter table consent_event
  -- Null with needs_confirmation: recorded when this was 72 hours for everybody.
  add column confirm_until timestamptz,
  add constraint consent_event_confirm_until check (confirm_until is null or (needs_confirmation and confirm_until > occurred_at));

alter table message drop constraint message_purpose_check;
alter table message add constraint message_purpose_check check (purpose in ('campaign', 'reply', 'opt_out_confirmation',
  'opt_in_confirmation', 'opt_in_request', 'help', 'inbound', 'elsewhere', 'health_check')) not valid;
alter table message validate constraint message_purpose_check;
