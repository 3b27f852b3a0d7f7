delete from opt_out_difference d where phone is null
  or exists (select from opt_out_difference o where o.account_id = d.account_id and o.gateway_id = d.gateway_id and o.kind = d.kind and o.id < d.id);
alter table opt_out_difference
  drop constraint opt_out_difference_once,
  add constraint opt_out_difference_account_id_gateway_id_kind_key unique (account_id, gateway_id, kind),
  drop column opted_out_again_at,
  alter column phone set not null;
