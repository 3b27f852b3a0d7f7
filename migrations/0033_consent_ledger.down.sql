drop index consent_confirm_until;
drop index consent_valid_until;
drop index consent_state;
drop index consent_event_change;
drop index consent_event_purpose;
drop index consent_event_kind;
drop index consent_event_source;
drop index consent_event_recorded;
