-- Ends by a policy are told as before: as a member's note.
alter table consent_event disable trigger consent_event_only_erased;
update consent_event set source = 'member', evidence = jsonb_build_object('note', 'By the policy that ' || coalesce(evidence ->> 'policy', 'is gone'))
where source = 'policy';
alter table consent_event enable trigger consent_event_only_erased;
alter table consent_event drop constraint consent_event_source_check;
alter table consent_event add constraint consent_event_source_check
  check (source in ('web_form', 'keyword', 'paper', 'voice', 'import', 'member', 'opt_out'));
