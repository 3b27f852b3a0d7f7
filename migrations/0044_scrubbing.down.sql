delete from validator_budget where validator in ('blacklist_alliance', 'dncscrub');
alter table validator_budget drop constraint validator_budget_validator_check;
alter table validator_budget add constraint validator_budget_validator_check check (validator in ('numverify', 'twilio'));

drop table scrub_item, scrub_batch, scrubbed_number;
drop index dnc_list_service;
alter table dnc_list drop column service;
