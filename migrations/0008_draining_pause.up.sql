-- Purpose: a number that takes no new people still takes none when the gateway refuses it and its pause ends by itself.
-- Locks:   lane, for a moment.
-- Old code may run beside it: yes.

alter table lane add column drains_after_pause boolean not null default false;
