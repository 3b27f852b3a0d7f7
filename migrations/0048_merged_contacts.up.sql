-- Purpose: two contacts of one person become one; what was of the one that ends is found by it, and so is what an erasure lets go.
-- Locks:   call while its index is built: seconds for a million calls. Nothing else changes.
-- Old code may run beside it: yes.
create index call_contact on call (contact_id) where contact_id is not null;
