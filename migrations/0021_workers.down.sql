drop table engine_worker;
