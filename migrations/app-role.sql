-- What the role that the program runs as may do: everything with rows, nothing with the tables themselves, and only add to what must stay
-- as it was recorded. It comes after the migrations, which know nothing of it, and changes only what is not so already.
-- The program replaces the name textwright_app when another role is asked for.
do $$
declare
  app constant regrole := 'textwright_app';
  jobs constant regnamespace := to_regnamespace('pgboss');
  owner constant oid := (select relowner from pg_class where oid = to_regclass('public.schema_migration'));
  one record;
begin
  if not pg_has_role(owner, 'usage') then
    raise exception 'only the owner of the tables, %, can give % its rights: connect as the owner', owner::regrole, app;
  end if;
  if pg_has_role(app, owner, 'member') then
    raise exception '% may do whatever the owner of the tables, %, may do: choose another role', app, owner::regrole;
  end if;
  -- To make the schema of the job queue, which it owns.
  if not (has_database_privilege(app, current_database(), 'create') and has_database_privilege(app, current_database(), 'temporary')
    and has_database_privilege(app, current_database(), 'connect')) then
    execute format('grant connect, temporary, create on database %I to %s', current_database(), app);
  end if;
  if not has_schema_privilege(app, 'public', 'usage') then
    execute format('grant usage on schema public to %s', app);
  end if;

  for one in
    select wanted, case relkind when 'S' then 'sequence' else 'table' end || format(' public.%I', relname) as what
    from (
      select c.relkind, c.relname,
        case
          when c.relkind = 'S' then '{SELECT,USAGE}'
          when c.relname = 'schema_migration' then '{SELECT}'
          when c.relname in ('audit_entry', 'audit_seal', 'consent_event', 'consent_wording') then '{INSERT,SELECT}'
          else '{DELETE,INSERT,SELECT,UPDATE}'
        end::text[] as wanted,
        array(select privilege_type from aclexplode(c.relacl) where grantee = app order by 1) as held
      from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S') and pg_has_role(c.relowner, 'usage')
    ) relation
    where held <> wanted
  loop
    execute format('revoke all on %s from %s', one.what, app);
    execute format('grant %s on %s to %s', array_to_string(one.wanted, ', '), one.what, app);
  end loop;

  -- A queue from when the program ran as the owner.
  if (select nspowner <> app from pg_namespace where oid = jobs) then
    execute format('alter schema pgboss owner to %s', app);
  end if;
  for one in
    select format('alter table %s owner to %s', oid::regclass, app) as statement
      from pg_class where relnamespace = jobs and relkind in ('r', 'p', 'v', 'm') and relowner <> app
    union all
    select format('alter routine %s owner to %s', oid::regprocedure, app) from pg_proc where pronamespace = jobs and proowner <> app
    union all
    select format('alter type %s owner to %s', oid::regtype, app)
      from pg_type where typnamespace = jobs and typtype in ('d', 'e') and typowner <> app
  loop
    execute one.statement;
  end loop;
end $$;
