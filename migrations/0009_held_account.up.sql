-- Purpose: until when the gateway of an account asked for time, for pages and for the next worker that holds the account.
-- Locks:   gateway_account, for a moment.
-- Old code may run beside it: yes, it asks the gateway once and hears it again.

alter table gateway_account add column breaker_held_until timestamptz;
