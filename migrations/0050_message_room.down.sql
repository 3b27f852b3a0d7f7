alter table message reset (fillfactor);
