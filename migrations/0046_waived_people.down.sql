drop table waived_person;
