-- Purpose: do-not-call lists in a compact form that the claim can ask for each person, what was uploaded, and who is exempt.
-- Locks:   none that anybody waits for: only new tables.
-- Old code may run beside it: no. It texts people who are on a list.

create table dnc_list (
  id uuid primary key,
  kind text not null check (kind in ('internal', 'national', 'state', 'litigator', 'custom')),
  name text not null unique check (name <> ''),
  state text check (state ~ '^[A-Z]{2}$'),
  -- The blocks that are in force, the version that made them so (of dnc_version, which refers to this table: no key of its own, so that
  -- a copy has an order), and of when its data are. Null until a file was read wholly.
  set_id uuid,
  version_id uuid,
  as_of timestamptz,
  numbers bigint not null default 0 check (numbers >= 0),
  created_by text not null,
  created_at timestamptz not null,
  -- Asked no more. The rows stay: they are the proof of what was asked before.
  retired_at timestamptz,
  check ((kind = 'state') = (state is not null)),
  check ((set_id is null) = (version_id is null) and (set_id is null) = (as_of is null))
);

-- Each file that was given in, also those that never came into force.
create table dnc_version (
  id uuid primary key,
  list_id uuid not null references dnc_list (id),
  mode text not null check (mode in ('full', 'changes')),
  state text not null check (state in ('reading', 'in_force', 'superseded', 'failed')),
  file_name text not null,
  as_of timestamptz not null,
  lines bigint not null default 0,
  refused bigint not null default 0,
  -- The first refused lines: number, text, reason.
  refusals jsonb not null default '[]',
  -- On the list once this version is in force.
  numbers bigint,
  error text,
  uploaded_by text not null,
  created_at timestamptz not null,
  -- Of a version that is being read; who is silent for long has died.
  alive_at timestamptz not null,
  in_force_from timestamptz,
  in_force_until timestamptz,
  check ((state = 'failed') = (error is not null)),
  check ((state in ('in_force', 'superseded')) = (in_force_from is not null and numbers is not null)),
  check ((state = 'superseded') = (in_force_until is not null))
);
create index dnc_version_list on dnc_version (list_id, created_at desc, id desc);
create unique index dnc_version_in_force on dnc_version (list_id) where state = 'in_force';

-- One bit for each of the 10,000 numbers of an area code and exchange (617555 is 617-555-0000 to 9999), the first in the lowest bit.
-- No foreign key: a set is written before it is in force, and millions of checks would be for one row.
create table dnc_block (
  set_id uuid not null,
  block int not null check (block between 200000 and 999999),
  bits bytea not null check (length(bits) = 1250),
  primary key (set_id, block)
);

-- Numbers of a file that is being read, by area code: four bytes each, the last seven digits, with the highest bit when it is taken off.
-- Lost in a crash, as the reading is.
create unlogged table dnc_stage (
  version_id uuid not null,
  area_code int not null,
  place int not null,
  numbers bytea not null,
  primary key (version_id, area_code, place)
);

-- Why a person may be texted who is on the list of a state or of the nation.
create table dnc_exemption (
  id uuid primary key,
  phone text not null,
  kind text not null check (kind in ('purchase', 'inquiry', 'other')),
  reason text not null check (reason <> ''),
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  rule_version text not null,
  actor text not null,
  recorded_by text not null,
  created_at timestamptz not null,
  ended_at timestamptz,
  check (valid_until > valid_from)
);
create index dnc_exemption_phone on dnc_exemption (phone, valid_until);
