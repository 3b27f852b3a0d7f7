drop index enrollment_waits_for;
alter table enrollment drop column waits_for;
