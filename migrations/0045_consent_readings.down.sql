alter table import_run drop column consent_readings;
drop index import_consent_refused;
