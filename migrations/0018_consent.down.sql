alter table message drop column consent_event_id;
drop table consent, consent_event, consent_wording;
drop function refuse_change();
