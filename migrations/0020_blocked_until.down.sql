alter table contact drop column blocked_until;
