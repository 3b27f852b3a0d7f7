-- Purpose: a text that the gateway puts off again and again for weeks counts its attempts past 32,767; the claim of its account failed there.
-- Locks:   message and message_attempt while they are written anew (about a minute for ten million texts); stop sending before.
-- Old code may run beside it: yes; it reads and writes whole numbers.

alter table message alter column attempts type integer;
alter table message_attempt alter column attempt type integer;
