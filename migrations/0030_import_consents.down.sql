drop table import_consent;
