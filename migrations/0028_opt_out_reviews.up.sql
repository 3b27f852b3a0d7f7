-- Purpose: replies that may be opt-outs hold all campaign texts to their number until a person has decided; and the ways by which an
--          opt-out reaches us that are new: a review, and the link in a text.
-- Locks:   suppression for a moment, whose check of the channel is made anew and which gets an index: it reads the table twice.
-- Old code may run beside it: no. It would hold nobody, and text who is held.

-- By number, as suppressions are: whatever contact it belongs to, and also when it is none.
create table opt_out_review (
  id uuid primary key,
  phone text not null,
  -- Where the reply is shown; null when it came to a number that is none of ours any more.
  conversation_id uuid references conversation (id),
  -- The reply that began it, how it was understood and by which version of the rules.
  said text not null,
  matched text,
  family text not null,
  classifier_version text not null,
  said_at timestamptz not null,
  opened_at timestamptz not null,
  -- Undecided at this instant, it counts as an opt-out.
  due_at timestamptz not null check (due_at > opened_at),
  decided_at timestamptz,
  decision text check (decision in ('opt_out', 'not_opt_out', 'wrong_number')),
  -- `person` read it; `deadline` came first; `suppressed` or `opted_in` made it pointless.
  decided_how text check (decided_how in ('person', 'deadline', 'suppressed', 'opted_in')),
  decided_by text,
  check ((decided_at is null) = (decision is null) and (decided_at is null) = (decided_how is null)
    and (decided_at is null) = (decided_by is null))
);

-- One at a time: a number is held or it is not, however many unclear replies it sends.
create unique index opt_out_review_open on opt_out_review (phone) where decided_at is null;
create index opt_out_review_due on opt_out_review (due_at, id) where decided_at is null;
create index opt_out_review_decided on opt_out_review (decided_at desc, id desc) where decided_at is not null;
create index opt_out_review_conversation on opt_out_review (conversation_id) where conversation_id is not null;

-- Replies that wait to be read get a whole day from now on.
insert into opt_out_review (id, phone, conversation_id, said, matched, family, classifier_version, said_at, opened_at, due_at)
select distinct on (v.phone) gen_random_uuid(), v.phone, v.id, coalesce(m.body, v.last_message_preview), m.classification ->> 'matched',
  coalesce(m.classification ->> 'family', 'unclear_request'), coalesce(m.classification ->> 'classifierVersion', 'unknown'),
  coalesce(m.created_at, v.last_message_at), statement_timestamp(), statement_timestamp() + interval '24 hours'
from conversation v
left join lateral (
  select * from message m where m.phone = v.phone and m.lane_id = v.lane_id and m.direction = 'inbound'
    and m.classification ->> 'outcome' = 'review' order by m.created_at desc limit 1) m on true
where v.needs_review and not exists (select from suppression s where s.phone = v.phone and s.lifted_at is null)
order by v.phone, v.last_message_at desc;

alter table suppression drop constraint suppression_channel_check;
alter table suppression add constraint suppression_channel_check
  check (channel in ('sms', 'staff', 'gateway', 'import', 'api', 'review', 'link'));

-- What providers refused because of their own lists, the newest first.
create index suppression_of_provider on suppression (created_at desc, id desc) where reason = 'provider_opt_out';
