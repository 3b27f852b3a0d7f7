-- Purpose: who confirms an opt-out is a setting of each account: the provider for the words that it answers itself and Textwright for the rest
--          (as before), Textwright always, or the provider alone (docs/decisions/0005).
-- Locks:   gateway_account for a moment (a column with a constant value).
-- Old code may run beside it: yes. It confirms as before.
alter table gateway_account add column opt_outs_confirmed_by text not null default 'by_word'
  check (opt_outs_confirmed_by in ('by_word', 'textwright', 'provider'));
