alter table gateway_account drop column opt_outs_confirmed_by;
