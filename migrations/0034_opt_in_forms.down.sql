drop table opt_in_submission;
drop table opt_in_form_wording;
drop table opt_in_form;
