-- Purpose: the consents of everybody are looked through, the newest first, by what they are and how their numbers stand.
-- Locks:   consent_event and consent against writers while their indexes are made (5 s for 1,000,000 events).
-- Old code may run beside it: yes.

create index consent_event_recorded on consent_event (recorded_at desc, id desc);
create index consent_event_source on consent_event (source, recorded_at desc, id desc);
create index consent_event_kind on consent_event (kind, recorded_at desc, id desc) where kind is not null;
create index consent_event_purpose on consent_event (purpose, recorded_at desc, id desc);
-- Nearly all are grants: they are found by the order alone.
create index consent_event_change on consent_event (action, recorded_at desc, id desc) where action <> 'grant';
create index consent_state on consent (state);
-- Those that are old, when their kind is to end earlier than they were recorded to.
create index consent_in_force on consent (kind, valid_from) include (valid_until) where kind is not null;
-- What ends by itself, of which the state says nothing.
create index consent_valid_until on consent (valid_until) where valid_until is not null;
create index consent_confirm_until on consent (confirm_until) where confirm_until is not null;
