-- Entries stay; their seals are lost, and a later way up begins a new chain.
drop trigger audit_entry_stays on audit_entry;
drop trigger audit_entry_awaits_seal on audit_entry;
drop function await_seal();
drop table audit_unsealed, audit_seal;
drop index audit_entry_actor, audit_entry_action;
