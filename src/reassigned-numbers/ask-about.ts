import { type AudienceRule, audienceSentence, audienceSql, isChosen } from '../audiences/audience.ts';
import { getBusiness } from '../business/business-store.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import { noteExport } from '../compliance/note-export.ts';
import { type DateFormat, reassignedRulesAt, showDay } from '../compliance/reassigned-rules.ts';
import type { Clock } from '../platform/clock.ts';
import { csvLine } from '../platform/csv-cell.ts';
import type { Db, Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { conflict, invalid, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { addMs, DAY_MS } from '../platform/time.ts';
import { countChosen, getCheck, insertCheck, insertQuestions, listQuestions } from './check-store.ts';
import type { Question, ReassignedCheck } from './reassigned-check.ts';

export interface ReassignedDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export interface NewCheck {
  readonly audience: AudienceRule;
  /** Whoever was answered about within so many days is not asked about again; 0: everybody is. */
  readonly notAskedForDays: number;
  readonly by: { readonly actor: string; readonly name: string };
}

/** Of one file; a service takes no larger ones. */
const QUESTIONS_MAX = 1_000_000;

/** Makes a file of questions of the people of an audience. Nothing is answered by it, and nobody blocked or let through. */
export async function askAbout(
  tx: Tx,
  { clock, newUuid }: Pick<ReassignedDeps, 'clock' | 'newUuid'>,
  { audience, notAskedForDays, by }: NewCheck,
): Promise<Outcome<ReassignedCheck>> {
  if (!isChosen(audience)) return invalid('nobody is chosen: give a tag, a state or a city, or choose every contact');
  const now = clock.now();
  const id = newUuid();
  const { zone } = await getBusiness(tx);
  const answeredBefore = notAskedForDays === 0 ? null : addMs(now, -notAskedForDays * DAY_MS);
  const chosen = audienceSentence(audience);
  const matches = audienceSql(audience, now);
  const people = await countChosen(tx, matches);
  if (people > QUESTIONS_MAX)
    return invalid(
      `${chosen} are ${people} people, more than the ${QUESTIONS_MAX} of a file; choose fewer, as those of a state`,
    );
  const counts = await insertQuestions(tx, { checkId: id, audience: matches, zone, answeredBefore });
  if (counts.questions === 0)
    return conflict(
      counts.undated === 0
        ? `nobody of ${chosen} is to be asked about`
        : `nothing says when the numbers of ${chosen} were theirs: ${counts.undated} people have neither agreed nor written`,
    );
  const { version: ruleVersion } = reassignedRulesAt(now);
  await insertCheck(tx, { id, audience, chosen, ruleVersion, ...counts, askedBy: by.name, askedAt: now });
  const subject = showId('reassignedCheck', id);
  const detail = { chosen, notAskedForDays, ...counts };
  await recordAudit(tx, {
    id: newUuid(),
    at: now,
    actor: by.actor,
    action: 'reassigned_numbers.asked',
    subject,
    detail,
  });
  return readCheck(tx, id);
}

export async function readCheck(db: Db | Tx, id: Uuid): Promise<Outcome<ReassignedCheck>> {
  const check = await getCheck(db, id);
  return check === undefined ? notFound('check of reassigned numbers', showId('reassignedCheck', id)) : ok(check);
}

export interface QuestionsFile {
  readonly id: Uuid;
  readonly dateFormat: DateFormat | undefined;
  readonly header: boolean;
  readonly actor: string;
}

/** The questions as the database takes them: ten digits and a day on each line. That somebody took them along is in the audit log. */
export async function exportQuestions(
  deps: ReassignedDeps,
  { id, dateFormat, header, actor }: QuestionsFile,
): Promise<Outcome<AsyncGenerator<string>>> {
  const check = await exported(deps, { id, actor, what: 'questions' });
  if (!check.ok) return check;
  const format = dateFormat ?? reassignedRulesAt(check.value.askedAt).dateFormat;
  const lineOf = ({ phone, knownOn }: Question): string => csvLine([phone.slice(2), showDay(knownOn, format)]);
  return ok(lines(deps.db, id, { head: header ? csvLine(['phone', 'date']) : '', lineOf }));
}

/** What was asked of each number, on which ground, and what was answered. */
export async function exportRecord(
  deps: ReassignedDeps,
  { id, actor }: Pick<QuestionsFile, 'id' | 'actor'>,
): Promise<Outcome<AsyncGenerator<string>>> {
  const check = await exported(deps, { id, actor, what: 'record' });
  if (!check.ok) return check;
  const { askedAt, answers } = check.value;
  const same = [askedAt.toString(), answers?.asOf ?? '', answers?.file ?? '', answers?.digest ?? ''];
  const lineOf = ({ phone, knownOn, basis, basisId, answer }: Question): string =>
    csvLine([phone, knownOn, basis, shownBasis(basis, basisId), answer ?? '', ...same]);
  const head = csvLine(RECORD_COLUMNS);
  return ok(lines(deps.db, id, { head, lineOf }));
}

const RECORD_COLUMNS = [
  'phone',
  'known_on',
  'basis',
  'basis_id',
  'answer',
  'asked_at',
  'answers_of',
  'answers_file',
  'answers_sha256',
];

const BASIS_KINDS = { consent: 'consent', reply: 'message', earlier_check: 'reassignedCheck' } as const;
export const shownBasis = (basis: Question['basis'], id: Uuid): string => showId(BASIS_KINDS[basis], id);

async function exported(
  deps: ReassignedDeps,
  { id, actor, what }: { readonly id: Uuid; readonly actor: string; readonly what: string },
): Promise<Outcome<ReassignedCheck>> {
  const check = await readCheck(deps.db, id);
  if (!check.ok) return check;
  const subject = showId('reassignedCheck', id);
  const detail = { what, questions: check.value.questions };
  await noteExport(deps, { actor, action: 'reassigned_numbers.exported', subject, detail });
  return check;
}

const PAGE_ROWS = 5_000;

async function* lines(
  db: Db,
  checkId: Uuid,
  { head, lineOf }: { readonly head: string; readonly lineOf: (question: Question) => string },
): AsyncGenerator<string> {
  yield head;
  for (let after = ''; ; ) {
    const page = await listQuestions(db, { checkId, after, limit: PAGE_ROWS });
    yield page.map(lineOf).join('');
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_ROWS) return;
    after = last.phone;
  }
}
