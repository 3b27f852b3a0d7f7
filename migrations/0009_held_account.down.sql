alter table gateway_account drop column breaker_held_until;
