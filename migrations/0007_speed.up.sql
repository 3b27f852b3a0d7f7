-- Purpose: fewer index entries and foreign keys to check per text, and accounts faster than 1,000 texts a second.
-- Locks:   exclusive locks on enrollment and message while their indexes are made (nothing has been released, so tables are small).
-- Old code may run beside it: yes.

alter table gateway_account
  drop constraint gateway_account_rate_per_second_check,
  alter column rate_per_second type numeric(7, 2),
  add constraint gateway_account_rate_per_second_check check (rate_per_second > 0 and rate_per_second <= 10000);

-- An enrollment changes its state twice per text, and each change writes every index of the row anew: one that begins with the
-- contact also finds the few enrollments of a person.
alter table enrollment drop constraint enrollment_campaign_id_contact_id_key;
alter table enrollment add constraint enrollment_contact_id_campaign_id_key unique (contact_id, campaign_id);
drop index enrollment_contact;

-- Most campaign texts have no conversation.
drop index message_conversation;
create index message_conversation on message (conversation_id, created_at, id) where conversation_id is not null;

-- Every attempt is closed once, mostly within milliseconds: the closed row finds room beside the open one.
alter table message_attempt set (fillfactor = 60);

-- Foreign keys that say what another one of the same row says, or what the statement that writes the row has just read under a lock
-- (docs/decisions/0019).
alter table enrollment
  drop constraint enrollment_campaign_id_fkey,
  drop constraint enrollment_variant_id_fkey,
  drop constraint enrollment_lane_id_fkey;
alter table message drop constraint message_account_id_fkey;
alter table message_attempt drop constraint message_attempt_message_id_fkey;
