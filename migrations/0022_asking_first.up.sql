-- Purpose: campaigns say that they wait for the questions which a new holder of an account asks the gateway before its first text.
-- Locks:   account_lease for a moment (columns without a default).
-- Old code may run beside it: yes; what it holds never says that it asks, because the epoch is then another.

-- While the holder of `asks_epoch` asks whether another copy sends, and since when; another epoch has nothing to say.
alter table account_lease
  add column asks_epoch bigint,
  add column asks_since timestamptz,
  add constraint account_lease_asks check ((asks_epoch is null) = (asks_since is null));
