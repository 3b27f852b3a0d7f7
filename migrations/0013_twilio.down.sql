-- Refuses while there is an account of the other kind: its texts would lose their account.
alter table gateway_account drop constraint gateway_account_kind_check;
alter table gateway_account add constraint gateway_account_kind_check check (kind in ('quo'));
