drop table opt_out_difference;
drop table reconciliation_number;
alter table reconciliation_run drop column opt_out_differences, drop column compared_numbers;
