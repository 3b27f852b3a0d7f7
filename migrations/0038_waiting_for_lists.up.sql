-- Purpose: people of a campaign who wait for a newer do-not-call list, so that they are found when it comes.
-- Locks:   enrollment for a moment for a column without a value; its index is empty.
-- Old code may run beside it: yes. It leaves such people out, as before.

-- The code of the rule that ends by an act of ours and not by itself; null for everybody else.
alter table enrollment add column waits_for text;
create index enrollment_waits_for on enrollment (campaign_id) where waits_for is not null and state = 'pending';
