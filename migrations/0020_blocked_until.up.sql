-- Purpose: a number to which a text was blocked (by the person, or by a carrier) gets no campaign text for a time that ends by itself;
--          it was suppressed for good before.
-- Locks:   contact for a moment (a column without a default).
-- Old code may run beside it: yes; it texts those whom only the new code has marked.

alter table contact add column blocked_until timestamptz;
