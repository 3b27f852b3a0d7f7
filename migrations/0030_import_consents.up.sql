-- Purpose: what the rows of an imported file say of consents, until each is an event of its number.
-- Locks:   none but its own table.
-- Old code may run beside it: yes. It leaves the consents of files out.

create table import_consent (
  import_id uuid not null references import_run (id) on delete cascade,
  -- Of the file; with its name this is the evidence.
  line integer not null,
  phone text not null,
  -- {"kind", "method", "wording", "givenAt"} (contacts/import-consent.ts)
  consent jsonb not null check (jsonb_typeof(consent) = 'object'),
  actor text not null,
  recorded_by text not null,
  primary key (import_id, line)
);
