-- Purpose: what rows of a file say against a consent is settled before what they say for one, and an import says how it read its rows.
-- Locks:   import_run for a moment (a column without a value); import_consent while its index is built: rows that wait for a moment only.
-- Old code may run beside it: yes. It takes a row that refuses for a claim, which is no consent.
create index import_consent_refused on import_consent (import_id, line) where consent ->> 'reading' = 'refused';
-- {"agreed", "unproven", "unclear", "notGiven", "refused", "silent"}: rows (contacts/consent-readings.ts); null when the file has no such columns.
alter table import_run add column consent_readings jsonb check (jsonb_typeof(consent_readings) = 'object');
