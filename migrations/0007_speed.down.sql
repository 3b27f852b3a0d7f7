alter table message_attempt add constraint message_attempt_message_id_fkey foreign key (message_id) references message (id);
alter table message add constraint message_account_id_fkey foreign key (account_id) references gateway_account (id);
alter table enrollment
  add constraint enrollment_lane_id_fkey foreign key (lane_id) references lane (id),
  add constraint enrollment_variant_id_fkey foreign key (variant_id) references campaign_variant (id),
  add constraint enrollment_campaign_id_fkey foreign key (campaign_id) references campaign (id);
alter table message_attempt reset (fillfactor);
drop index message_conversation;
create index message_conversation on message (conversation_id, created_at, id);
create index enrollment_contact on enrollment (contact_id, created_at desc);
alter table enrollment drop constraint enrollment_contact_id_campaign_id_key;
alter table enrollment add constraint enrollment_campaign_id_contact_id_key unique (campaign_id, contact_id);
update gateway_account set rate_per_second = 1000 where rate_per_second > 1000;
alter table gateway_account
  drop constraint gateway_account_rate_per_second_check,
  alter column rate_per_second type numeric(6, 2),
  add constraint gateway_account_rate_per_second_check check (rate_per_second > 0 and rate_per_second <= 1000);
