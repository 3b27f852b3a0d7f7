drop table validation_item;
drop table validation_batch;
drop table validator_budget;
drop table number_validation;
