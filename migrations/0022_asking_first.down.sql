alter table account_lease drop constraint account_lease_asks, drop column asks_since, drop column asks_epoch;
