-- Purpose: which worker processes run, so that they share the accounts out among themselves.
-- Locks:   creates only.
-- Old code may run beside it: yes; a process of before keeps what it holds and is given nothing.

-- One row a process that takes accounts, written every few seconds while it runs; gone when it drains.
create table engine_worker (
  owner text primary key,
  seen_at timestamptz not null
);
