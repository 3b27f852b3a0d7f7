-- Purpose: forms by which people agree to texts, the words of each of their versions, and who sent one in.
-- Locks:   none but its own tables.
-- Old code may run beside it: yes.

create table opt_in_form (
  id uuid primary key,
  -- In its public address.
  token text not null unique check (token ~ '^[\w-]{16}$'),
  name text not null unique check (name <> ''),
  -- The number of ours that asks whether an opt-in was theirs.
  lane_id uuid not null references lane (id),
  purpose text not null check (purpose in ('marketing', 'informational')),
  kind text not null check (kind in ('express', 'express_written')),
  double_opt_in boolean not null,
  -- Pages of these origins may hold it, beside the one that we serve.
  allowed_origins text[] not null,
  redirect_url text,
  version integer not null check (version >= 1),
  closed_at timestamptz,
  created_by text not null,
  created_at timestamptz not null
);

-- What people see of a version, in each language; the words beside the box are those that they agree to.
create table opt_in_form_wording (
  form_id uuid not null references opt_in_form (id),
  version integer not null,
  language text not null check (language in ('en', 'es')),
  heading text not null check (heading <> ''),
  wording text not null check (wording <> ''),
  button text not null check (button <> ''),
  primary key (form_id, version, language)
);

create table opt_in_submission (
  id uuid primary key,
  form_id uuid not null references opt_in_form (id),
  -- A digest of the ticket that it came with: sent in twice, it counts once.
  ticket text not null unique check (ticket ~ '^[0-9a-f]{64}$'),
  phone text not null,
  first_name text,
  last_name text,
  created_at timestamptz not null
);
create index opt_in_submission_phone on opt_in_submission (phone, created_at desc);
create index opt_in_submission_form on opt_in_submission (form_id, created_at desc);
