drop index gateway_event_failed;
drop index gateway_event_account;
drop index conversation_review;
drop index conversation_unread;
drop trigger enrollment_hours_updated on enrollment;
drop trigger enrollment_hours_inserted on enrollment;
drop function enrollment_hours_updated();
drop function enrollment_hours_inserted();
drop table campaign_hour, auth_verification, auth_account, auth_session, auth_user;
