-- Refused by the server when a text has had more than 32,767 attempts.
alter table message_attempt alter column attempt type smallint;
alter table message alter column attempts type smallint;
