alter table import_run drop column erased_contacts;
