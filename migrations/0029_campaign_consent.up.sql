-- Purpose: which consent a campaign asks for, the reason with which an owner texts people without it, and who those people are.
-- Locks:   campaign and enrollment for a moment (columns without a value, or with a constant one).
-- Old code may run beside it: yes. It asks for no consent, as before; what it launches asks for none later either.

alter table campaign
  -- Null: launched before campaigns asked for consent; none is asked for.
  add column consent_policy text check (consent_policy in ('marketing', 'informational', 'custom')),
  -- Of custom: any of these kinds will do.
  add column consent_kinds text[] check (consent_kinds <@ array['express', 'express_written'] and cardinality(consent_kinds) > 0),
  -- {"reason", "people", "by", "at"}: so many people without that consent may be texted, says an owner.
  add column consent_waiver jsonb check (jsonb_typeof(consent_waiver) = 'object'),
  add constraint campaign_consent_kinds check ((consent_kinds is not null) = (consent_policy is not distinct from 'custom')),
  add constraint campaign_consent_waiver check (consent_waiver is null or consent_policy is not null);

-- Had not agreed at the launch and is texted by the owner's reason.
alter table enrollment add column consent_waived boolean not null default false;

-- What was not launched yet obeys the rule of new campaigns; what runs goes on.
update campaign set consent_policy = 'marketing' where state = 'draft';
