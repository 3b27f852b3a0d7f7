-- Purpose: what people have permitted and taken back, as events that are only ever added; what follows from them for each number and
--          purpose, in one row that the claim finds by its key; which consent a campaign text rested on.
-- Locks:   message for a moment (a column without a value). Every opt-out so far becomes an event: a statement over suppression, which
--          is small beside the contacts, and nothing is locked by it.
-- Old code may run beside it: no. An opt-out that it takes in is a suppression, which holds, and revokes no consent.

-- The exact words that people agreed to, once each however many thousands did.
create table consent_wording (
  -- SHA-256 of the UTF-8 bytes.
  digest text primary key check (digest ~ '^[0-9a-f]{64}$'),
  wording text not null check (wording <> '')
);

-- By number, as suppressions are: it holds for whoever the contact becomes, and is there before and after there is one.
create table consent_event (
  id uuid primary key,
  phone text not null,
  -- The business as it was named to the person: a permission is given to one seller.
  seller text not null,
  action text not null check (action in ('grant', 'confirm', 'revoke', 'expire')),
  purpose text not null check (purpose in ('marketing', 'informational', 'all')),
  kind text check (kind in ('express', 'express_written')),
  source text not null check (source in ('web_form', 'keyword', 'paper', 'voice', 'import', 'member', 'opt_out')),
  -- False for the claim of a file that shows neither when, how nor to which words somebody agreed.
  documented boolean not null,
  wording_digest text references consent_wording (digest),
  wording_version text,
  language text,
  -- What shows it; its fields depend on the source (compliance/consent-evidence.ts).
  evidence jsonb not null check (jsonb_typeof(evidence) = 'object'),
  -- Asked by text to confirm it, and no consent until then.
  needs_confirmation boolean not null default false,
  valid_until timestamptz,
  -- As in audit_entry, and the name that people read.
  actor text not null,
  recorded_by text not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  check ((action = 'grant') = (kind is not null)),
  check (action = 'grant' or (wording_digest is null and not needs_confirmation and valid_until is null)),
  -- Nobody agrees to everything at once; who takes back or is forgotten may do so for everything.
  check (purpose <> 'all' or action in ('revoke', 'expire')),
  -- A written agreement without its words proves nothing.
  check (kind is distinct from 'express_written' or wording_digest is not null or not documented),
  check (valid_until > occurred_at)
);
create index consent_event_phone on consent_event (phone, occurred_at desc, id desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is only ever added to: record another event instead', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger consent_event_stays before update or delete on consent_event for each statement execute function refuse_change();
create trigger consent_wording_stays before update or delete on consent_wording for each statement execute function refuse_change();

-- What the events of a number come to, written in the transaction that adds one (compliance/consent.ts). No row: nothing is known.
create table consent (
  phone text not null,
  purpose text not null check (purpose in ('marketing', 'informational')),
  state text not null check (state in ('unknown', 'imported_unverified', 'express', 'pending', 'written', 'opted_out', 'expired')),
  since timestamptz,
  -- When an opt-in that was not confirmed is none.
  confirm_until timestamptz,
  -- The grant that is in force, with its kind, from when and until when: this is what a text may rest on.
  consent_event_id uuid references consent_event (id),
  kind text check (kind in ('express', 'express_written')),
  valid_from timestamptz,
  valid_until timestamptz,
  primary key (phone, purpose),
  check ((consent_event_id is null) = (kind is null) and (kind is null) = (valid_from is null)),
  check (valid_until is null or kind is not null),
  check (state not in ('opted_out', 'expired', 'unknown', 'imported_unverified') or consent_event_id is null),
  check (state not in ('express', 'written') or consent_event_id is not null),
  check ((state = 'pending') = (confirm_until is not null))
);

-- No foreign key: events stay, and each text would lock the row of its event.
alter table message add column consent_event_id uuid;

-- Opt-outs of before: a consent that is entered later with an earlier date must not outlive them.
insert into consent_event (id, phone, seller, action, purpose, source, documented, evidence, actor, recorded_by, occurred_at, recorded_at)
select s.id, s.phone, coalesce((select value ->> 'name' from setting where key = 'business'), ''), 'revoke', 'all', 'opt_out', true,
  jsonb_build_object('reason', s.reason, 'channel', s.channel, 'said', s.evidence), 'system', 'Textwright',
  coalesce((s.evidence ->> 'saidAgainAt')::timestamptz, (s.evidence ->> 'saidAt')::timestamptz, s.created_at), s.created_at
from suppression s where s.reason <> 'invalid_number';
insert into consent (phone, purpose, state, since)
select v.phone, p.purpose, 'opted_out', max(v.occurred_at)
from consent_event v cross join (values ('marketing'), ('informational')) as p (purpose)
group by 1, 2;
