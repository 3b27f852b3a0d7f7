import { type RawBuilder, sql } from 'kysely';
import type { ReassignedAnswer } from '../compliance/reassigned-rules.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { CheckAnswers, Question, ReassignedCheck } from './reassigned-check.ts';

type CheckRow = Omit<ReassignedCheck, 'answers'> & {
  readonly answersFile: string | null;
  readonly answersDigest: string | null;
  readonly answersAsOf: string | null;
  readonly answeredBy: string | null;
  readonly answeredAt: Instant | null;
} & Readonly<Record<'yes' | 'no' | 'noData', number | null>>;

const CHECK = sql`id, state, audience, chosen, rule_version, questions, undated, asked_by, asked_at, answers_file, answers_digest,
  answers_as_of::text, answered_by, answered_at, yes, no, no_data`;

/** Newest first. Index reassigned_check_newest. */
export async function listChecks(db: Db | Tx, limit: number): Promise<readonly ReassignedCheck[]> {
  const { rows } = await sql<CheckRow>`
    select ${CHECK} from reassigned_check order by asked_at desc, id desc limit ${limit}`.execute(db);
  return rows.map(checkOf);
}

export async function getCheck(db: Db | Tx, id: Uuid): Promise<ReassignedCheck | undefined> {
  const { rows } = await sql<CheckRow>`select ${CHECK} from reassigned_check where id = ${id}`.execute(db);
  return rows[0] === undefined ? undefined : checkOf(rows[0]);
}

export async function lockCheck(tx: Tx, id: Uuid): Promise<ReassignedCheck | undefined> {
  const { rows } =
    await sql<CheckRow>`select ${CHECK} from reassigned_check where id = ${id} for no key update`.execute(tx);
  return rows[0] === undefined ? undefined : checkOf(rows[0]);
}

function checkOf(row: CheckRow): ReassignedCheck {
  const { answersFile, answersDigest, answersAsOf, answeredBy, answeredAt, yes, no, noData, ...check } = row;
  if (
    answeredAt === null ||
    answersFile === null ||
    answersDigest === null ||
    answersAsOf === null ||
    answeredBy === null
  )
    return { ...check, answers: null };
  const counts = { yes: yes ?? 0, no: no ?? 0, no_data: noData ?? 0 };
  const answers = {
    file: answersFile,
    digest: answersDigest,
    asOf: answersAsOf,
    by: answeredBy,
    at: answeredAt,
    counts,
  };
  return { ...check, answers };
}

export async function insertCheck(tx: Tx, check: Omit<ReassignedCheck, 'state' | 'answers'>): Promise<void> {
  await sql`
    insert into reassigned_check (id, state, audience, chosen, rule_version, questions, undated, asked_by, asked_at)
    values (${check.id}, 'asked', ${JSON.stringify(check.audience)}, ${check.chosen}, ${check.ruleVersion}, ${check.questions},
      ${check.undated}, ${check.askedBy}, ${check.askedAt})`.execute(tx);
}

export async function countChosen(tx: Tx, audience: RawBuilder<boolean>): Promise<number> {
  const { rows } = await sql<{
    people: number;
  }>`select count(*)::int as people from contact c where ${audience}`.execute(tx);
  return rows[0]?.people ?? 0;
}

export interface QuestionsWanted {
  readonly checkId: Uuid;
  /** A predicate over `contact c`. */
  readonly audience: RawBuilder<boolean>;
  readonly zone: string;
  /** Whoever was answered about since then is not asked about again. */
  readonly answeredBefore: Instant | null;
}

/**
 * The questions about everybody who is chosen and not suppressed, with the newest day that shows the number to be theirs: of a consent in
 * force, or of a text that they wrote. Of a number that was found reassigned only a consent after that counts: whoever writes from it
 * since is somebody else; without one the day of then is asked about again. Primary keys of consent and reassigned_number, index message_phone.
 */
export async function insertQuestions(
  tx: Tx,
  { checkId, audience, zone, answeredBefore }: QuestionsWanted,
): Promise<{ readonly questions: number; readonly undated: number }> {
  const { rows } = await sql<{ questions: number; undated: number }>`
    with chosen as materialized (
      select c.phone, r.phone as given_up, r.asked_at, r.known_on as asked_about, r.check_id from contact c
      left join reassigned_number r on r.phone = c.phone and r.answer = 'yes'
      where ${audience} and not exists (select from suppression s where s.phone = c.phone and s.lifted_at is null)
        and not exists (select from reassigned_number n where n.phone = c.phone and n.answered_at > ${answeredBefore}::timestamptz)
    ), dated as (
      select chosen.phone, known.day, known.basis, known.basis_id from chosen left join lateral (
        (select (k.valid_from at time zone ${zone})::date as day, 'consent' as basis, k.consent_event_id as basis_id from consent k
          where k.phone = chosen.phone and k.kind is not null and (chosen.given_up is null or k.valid_from > chosen.asked_at))
        union all
        (select (m.created_at at time zone ${zone})::date, 'reply', m.id from message m
          where m.phone = chosen.phone and m.direction = 'inbound' and chosen.given_up is null order by m.created_at desc limit 1)
        union all
        select chosen.asked_about, 'earlier_check', chosen.check_id where chosen.given_up is not null
        order by 1 desc, 2 limit 1
      ) known on true
    ), asked as (
      insert into reassigned_question (check_id, phone, known_on, basis, basis_id)
      select ${checkId}, phone, day, basis, basis_id from dated where day is not null returning phone
    )
    select (select count(*) from asked)::int as questions, (select count(*) from dated where day is null)::int as undated`.execute(
    tx,
  );
  return rows[0] ?? { questions: 0, undated: 0 };
}

/** In the order of their numbers. Primary key. */
export async function listQuestions(
  db: Db | Tx,
  { checkId, after, limit }: { readonly checkId: Uuid; readonly after: string; readonly limit: number },
): Promise<readonly Question[]> {
  const { rows } = await sql<Question>`
    select phone, known_on::text, basis, basis_id, answer from reassigned_question
    where check_id = ${checkId} and phone > ${after} order by phone limit ${limit}`.execute(db);
  return rows;
}

export interface AnswerRow {
  readonly phone: string;
  readonly day: string | null;
  readonly answer: ReassignedAnswer;
}

const unnested = (answers: readonly AnswerRow[]): RawBuilder<unknown> =>
  sql`unnest(${answers.map(({ phone }) => phone)}::text[], ${answers.map(({ day }) => day)}::date[],
    ${answers.map(({ answer }) => answer)}::text[]) as x (phone, day, answer)`;

export interface AnsweredCheck {
  readonly checkId: Uuid;
  /** Somebody was erased since it was asked: the key of the number stands for it. */
  readonly hasErased: boolean;
}

/** Primary key. */
export async function hasErasedQuestions(tx: Tx, checkId: Uuid): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`
    select exists (select from reassigned_question where check_id = ${checkId} and phone like 'erased:%') as any`.execute(
    tx,
  );
  return rows[0]?.any === true;
}

const isAbout = (hasErased: boolean): RawBuilder<boolean> =>
  hasErased ? sql<boolean>`q.phone in (x.phone, number_key(x.phone))` : sql<boolean>`q.phone = x.phone`;

/** The first of them that answers nothing that was asked. `askedAbout`: of which day the question was. Primary key. */
export async function findForeignAnswer(
  tx: Tx,
  { checkId, hasErased }: AnsweredCheck,
  answers: readonly AnswerRow[],
): Promise<{ readonly phone: string; readonly day: string | null; readonly askedAbout: string | null } | undefined> {
  const { rows } = await sql<{ phone: string; day: string | null; askedAbout: string | null }>`
    select x.phone, x.day::text, q.known_on::text as asked_about from ${unnested(answers)}
    left join reassigned_question q on q.check_id = ${checkId} and ${isAbout(hasErased)}
    where q.phone is null or q.known_on <> x.day limit 1`.execute(tx);
  return rows[0];
}

export async function putAnswers(
  tx: Tx,
  { checkId, hasErased }: AnsweredCheck,
  answers: readonly AnswerRow[],
): Promise<void> {
  await sql`
    update reassigned_question q set answer = x.answer from ${unnested(answers)}
    where q.check_id = ${checkId} and ${isAbout(hasErased)}`.execute(tx);
}

export async function putAnswered(
  tx: Tx,
  id: Uuid,
  { file, digest, asOf, by, at, counts }: CheckAnswers,
): Promise<void> {
  await sql`
    update reassigned_check set state = 'answered', answers_file = ${file}, answers_digest = ${digest}, answers_as_of = ${asOf}::date,
      answered_by = ${by}, answered_at = ${at}, yes = ${counts.yes}, no = ${counts.no}, no_data = ${counts.no_data}
    where id = ${id}`.execute(tx);
}

/**
 * Makes the answers those that hold, as far as nothing newer holds. A "yes" stays until a "no" about the same day or a later one, of a newer
 * question, from data that are as new: what is not known unblocks nobody.
 */
export async function putStanding(tx: Tx, checkId: Uuid): Promise<void> {
  await sql`
    insert into reassigned_number as n (phone, answer, known_on, asked_at, as_of, answered_at, check_id)
    select q.phone, q.answer, q.known_on, k.asked_at, k.answers_as_of, k.answered_at, k.id
    from reassigned_question q join reassigned_check k on k.id = q.check_id
    where q.check_id = ${checkId} and q.answer is not null order by q.phone
    on conflict (phone) do update set answer = excluded.answer, known_on = excluded.known_on, asked_at = excluded.asked_at,
      as_of = excluded.as_of, answered_at = excluded.answered_at, check_id = excluded.check_id
    where excluded.as_of >= n.as_of and (excluded.answer = 'yes' or n.answer <> 'yes'
      or (excluded.answer = 'no' and excluded.known_on >= n.known_on and excluded.asked_at > n.asked_at))`.execute(tx);
}

export interface AnsweredQuestion extends Question {
  readonly checkId: Uuid;
  readonly askedAt: Instant;
  readonly askedBy: string;
  readonly answeredAt: Instant | null;
  readonly asOf: string | null;
  readonly file: string | null;
  readonly digest: string | null;
}

/** All that was ever asked about a number, or what stands for it, newest first. Index reassigned_question_phone. */
export async function readAskedAbout(
  db: Db | Tx,
  keys: readonly string[],
  limit: number,
): Promise<readonly AnsweredQuestion[]> {
  const { rows } = await sql<AnsweredQuestion>`
    select q.phone, q.known_on::text, q.basis, q.basis_id, q.answer, k.id as check_id, k.asked_at, k.asked_by, k.answered_at,
      k.answers_as_of::text as as_of, k.answers_file as file, k.answers_digest as digest
    from reassigned_question q join reassigned_check k on k.id = q.check_id
    where q.phone = any(${[...keys]}::text[]) order by k.asked_at desc, k.id desc limit ${limit}`.execute(db);
  return rows;
}
