-- Purpose: a consent that is older than its kind lasts is ended by the policy, which says so; it was told as a member's note.
-- Locks:   consent_event for a moment (the wider check is checked against old rows without holding up writers).
-- Old code may run beside it: yes. It shows such an end without its way.
alter table consent_event drop constraint consent_event_source_check;
alter table consent_event add constraint consent_event_source_check
  check (source in ('web_form', 'keyword', 'paper', 'voice', 'import', 'member', 'opt_out', 'policy')) not valid;
alter table consent_event validate constraint consent_event_source_check;
