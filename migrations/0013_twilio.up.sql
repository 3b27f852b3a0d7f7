-- Purpose: accounts at Twilio beside those at Quo. Their credentials stay in api_key_sealed, as `AccountSid:AuthToken`.
-- Locks:   gateway_account, for a moment (a few rows are checked).
-- Old code may run beside it: yes, until the first account of the new kind; it does not know how to speak to that one.

alter table gateway_account drop constraint gateway_account_kind_check;
alter table gateway_account add constraint gateway_account_kind_check check (kind in ('quo', 'twilio'));
