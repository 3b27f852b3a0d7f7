drop table idempotency_key, api_key, gateway_event, message_attempt, message, conversation, campaign_totals, enrollment,
  campaign_zone_group, campaign_lane, campaign_variant, campaign, template, audit_entry, suppression, contact, import_refusal,
  import_run, lane_usage, lane, account_lease, gateway_account, setting;
drop function enrollment_inserted();
drop function enrollment_updated();
drop function contact_moved();
drop extension pg_trgm;
