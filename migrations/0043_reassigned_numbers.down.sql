create or replace function restore_erased(phones text[]) returns boolean language plpgsql volatile as $$
declare
  proof text;
begin
  select key_check into proof from erasure order by id desc limit 1;
  if proof is null then return true; end if;
  if proof <> number_key('') then
    raise exception 'people were erased here under another key: start with the TEXTWRIGHT_SECRET_KEY (or data folder) of then'
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  with back as (
    select p.phone, e.number_key, max(e.erased_at) as erased_at
    from (select x as phone, number_key(x) as number_key from unnest(phones) x) p join erasure e on e.number_key = p.number_key group by 1, 2
  ), moved as (
    update suppression s set phone = back.phone from back
    where s.phone = back.number_key and s.lifted_at is null
      and not exists (select from suppression a where a.phone = back.phone and a.reason = s.reason and a.lifted_at is null)
    returning s.phone
  ), revoked as (
    insert into consent_event (id, phone, seller, action, purpose, source, documented, evidence, actor, recorded_by, occurred_at, recorded_at)
    select md5(back.number_key || extract(epoch from back.erased_at))::uuid, back.phone,
      coalesce((select v.seller from consent_event v where v.phone = back.number_key order by v.occurred_at desc, v.id desc limit 1), ''),
      'revoke', 'all', 'opt_out', true, '{"reason": "opt_out", "channel": "erasure", "said": {}}', 'system', 'Textwright', back.erased_at,
      back.erased_at
    from back where back.phone in (select phone from moved)
    on conflict do nothing
  )
  insert into consent (phone, purpose, state, since)
  select back.phone, purpose, 'opted_out', back.erased_at from back, unnest(array['marketing', 'informational']) as purpose
  where back.phone in (select phone from moved)
  on conflict do nothing;
  return true;
end $$;

drop table reassigned_number, reassigned_question, reassigned_check;
