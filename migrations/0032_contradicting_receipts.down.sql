delete from early_receipt a using early_receipt b
where a.account_id = b.account_id and a.gateway_message_id = b.gateway_message_id
  and (a.status, coalesce(a.error_code, '')) > (b.status, coalesce(b.error_code, ''));
alter table early_receipt drop constraint early_receipt_once;
alter table early_receipt add primary key (account_id, gateway_message_id);
