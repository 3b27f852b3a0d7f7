drop index message_confirmation;
drop table text_tally;
drop table opt_out;
