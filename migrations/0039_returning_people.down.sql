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
  update suppression s set phone = back.phone
  from (select distinct p.phone, e.number_key from (select x as phone, number_key(x) as number_key from unnest(phones) x) p
    join erasure e on e.number_key = p.number_key) back
  where s.phone = back.number_key and s.lifted_at is null
    and not exists (select from suppression a where a.phone = back.phone and a.reason = s.reason and a.lifted_at is null);
  return true;
end $$;
