-- Purpose: an owner's word to text people without consent is about those who were in the audience then, not about as many others.
-- Locks:   creates only. Drafts that have such a word ask for it again.
-- Old code may run beside it: yes. What it launches is bound to their number, as before.
create table waived_person (
  campaign_id uuid not null references campaign (id) on delete cascade,
  contact_id uuid not null references contact (id) on delete cascade,
  primary key (campaign_id, contact_id)
);

-- For the contact that goes.
create index waived_person_contact on waived_person (contact_id);
