alter table message drop column group_others;
alter table conversation drop column group_others, drop column last_message_kind;
drop table contact_gateway_ref;
drop table call_transcript;
drop table call_summary;
drop table call_recording;
drop table call;
