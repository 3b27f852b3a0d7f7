alter table account_lease drop constraint account_lease_failure, drop column failure, drop column failed_worker, drop column failed_at,
  drop column failing_since, drop column failures;
alter table gateway_account drop column foreign_texts_until;
