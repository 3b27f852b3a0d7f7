drop index message_confirmation;
drop table standing_count;
drop table text_tally;
drop table opt_out;
