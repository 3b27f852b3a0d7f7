-- What was erased stays erased: enrollments and texts without their people go, suppressions stay under keys that nothing reads any more.
drop trigger contact_enters on contact;
drop trigger contact_changes_number on contact;
drop trigger audit_entry_only_erased on audit_entry;
drop trigger audit_entry_stays on audit_entry;
create trigger audit_entry_stays before update or delete or truncate on audit_entry for each statement execute function refuse_change();
drop trigger consent_event_only_erased on consent_event;
drop trigger consent_event_stays on consent_event;
create trigger consent_event_stays before update or delete on consent_event for each statement execute function refuse_change();
drop function contact_enters, contact_changes_number, only_erased_audit, only_erased_consent, erase_recorded, forget_consents, restore_erased,
  number_key;
drop table erasure_record;
drop table erasure;

update suppression set channel = 'staff' where channel = 'erasure';
alter table suppression drop constraint suppression_channel_check;
alter table suppression add constraint suppression_channel_check
  check (channel in ('sms', 'staff', 'gateway', 'import', 'api', 'review', 'link'));

drop index message_group_others;
drop index conversation_group_others;
update message set in_reply_to_enrollment_id = null
where in_reply_to_enrollment_id in (select id from enrollment where contact_id is null);
delete from message where enrollment_id in (select id from enrollment where contact_id is null);
delete from enrollment where contact_id is null;
alter table enrollment alter column contact_id set not null;
alter table message drop column body_digest;
alter table call drop column erased;
