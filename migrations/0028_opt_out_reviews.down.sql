-- Numbers that are held are held no longer. What was opted out by a review or a link stays opted out, as recorded by staff.
update suppression set channel = 'staff' where channel in ('review', 'link');
alter table suppression drop constraint suppression_channel_check;
alter table suppression add constraint suppression_channel_check check (channel in ('sms', 'staff', 'gateway', 'import', 'api'));
drop index suppression_of_provider;
drop table opt_out_review;
