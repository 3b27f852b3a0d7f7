alter table enrollment drop column consent_waived;
alter table campaign
  drop constraint campaign_consent_waiver,
  drop constraint campaign_consent_kinds,
  drop column consent_waiver,
  drop column consent_kinds,
  drop column consent_policy;
