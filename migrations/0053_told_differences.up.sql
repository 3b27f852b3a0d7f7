-- Purpose: a text to a group is compared for each of its people; a START says whether a later STOP outweighs it; a difference of who is erased
--          stays without the number, so that it still counts and no later night finds it again.
-- Locks:   opt_out_difference while its few rows are indexed anew.
-- Old code may run beside it: no. Its insert names the constraint of before.
alter table opt_out_difference
  alter column phone drop not null,
  -- Of a START: that the person has asked to stop again since.
  add column opted_out_again_at timestamptz,
  drop constraint opt_out_difference_account_id_gateway_id_kind_key,
  add constraint opt_out_difference_once unique (account_id, gateway_id, kind, phone);
