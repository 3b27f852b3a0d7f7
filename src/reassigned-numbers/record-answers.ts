/**
 * Promise: a file of answers counts wholly or not at all. It is read to its end and compared with what was asked before anything is written;
 * then all of it is written in one transaction, and rules ask it from that commit on.
 */
import { createHash } from 'node:crypto';
import { recordAudit } from '../compliance/audit-store.ts';
import { ListFileError } from '../compliance/list-lines.ts';
import { type ReassignedAnswer, reassignedRulesAt } from '../compliance/reassigned-rules.ts';
import { runTx, type Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { conflict, invalid, type Outcome, type Refusal } from '../platform/refusal.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { type AnswerColumn, answersReader, type ReadAnswers } from './answers-file.ts';
import { type ReassignedDeps, readCheck } from './ask-about.ts';
import {
  type AnsweredCheck,
  type AnswerRow,
  findForeignAnswer,
  hasErasedQuestions,
  lockCheck,
  putAnswered,
  putAnswers,
  putStanding,
} from './check-store.ts';
import type { ReassignedCheck } from './reassigned-check.ts';

/** A million answers with a day each. */
export const ANSWERS_BYTES_MAX = 128 * 1024 ** 2;
const ROWS_AT_ONCE = 10_000;
const WRITING_MS_MAX = 120_000;

export interface AnswersFile {
  readonly checkId: Uuid;
  readonly fileName: string;
  readonly columns: readonly AnswerColumn[];
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The day on which the database gave the answers, `2026-11-17`. */
  readonly asOf: string;
  /** Questions may be without an answer; they stay unanswered for good. */
  readonly partial: boolean;
  readonly by: { readonly actor: string; readonly name: string };
}

export async function recordAnswers(deps: ReassignedDeps, file: AnswersFile): Promise<Outcome<ReassignedCheck>> {
  const check = await readCheck(deps.db, file.checkId);
  if (!check.ok) return check;
  const early = refusedAtOnce(check.value, file, deps.clock.now().toString().slice(0, 10));
  if (early !== undefined) return early;
  const read = await readWholly(file, deps);
  if (!read.ok) return invalid(`${file.fileName}: ${read.error}. Nothing was changed`);
  const recorded = await runTx(deps.db, (tx) => record(tx, deps, { file, ...read.value }), {
    timeoutMs: WRITING_MS_MAX,
  });
  return recorded ?? readCheck(deps.db, file.checkId);
}

function refusedAtOnce(check: ReassignedCheck, file: AnswersFile, today: string): Outcome<never> | undefined {
  if (!file.columns.includes('phone') || !file.columns.includes('answer'))
    return invalid(`columns ${file.columns.join(',')}: expected phone and answer among them`);
  if (check.state === 'answered')
    return conflict(
      `these questions were answered on ${check.answers?.at.toString().slice(0, 10)} (${check.answers?.file}); to correct answers, ask anew`,
      { state: 'answered', allowed: [] },
    );
  if (file.asOf > today)
    return invalid(`asOf ${file.asOf} is in the future; give the day on which the database answered`);
  const askedOn = check.askedAt.toString().slice(0, 10);
  if (file.asOf < askedOn)
    return invalid(`asOf ${file.asOf} is before the questions were made (${askedOn}); these answer others`);
  return undefined;
}

interface WhollyRead {
  readonly answers: ReadAnswers['answers'];
  readonly digest: string;
}

async function readWholly(file: AnswersFile, { clock }: ReassignedDeps): Promise<Result<WhollyRead, string>> {
  const hash = createHash('sha256');
  const { reader, read } = answersReader(file.columns, reassignedRulesAt(clock.now()));
  let bytes = 0;
  let interrupted = true;
  try {
    for await (const chunk of file.chunks) {
      interrupted = false;
      bytes += chunk.length;
      if (bytes > ANSWERS_BYTES_MAX) throw new ListFileError('it has more than 128 MiB');
      hash.update(chunk);
      reader.push(chunk);
      interrupted = true;
    }
    interrupted = false;
    reader.end();
  } catch (error) {
    if (error instanceof ListFileError) return err(error.message);
    if (interrupted) return err('the upload broke off before the end of the file; upload it again');
    throw error;
  }
  const { answers, refused, refusals } = read();
  const [first] = refusals;
  if (first !== undefined)
    return err(
      `${refused} of ${reader.lines()} lines cannot be read, the first is line ${first.line} (${JSON.stringify(first.text)}: ${first.reason})`,
    );
  return answers.size === 0 ? err('it has no answers') : ok({ answers, digest: hash.digest('hex') });
}

/** The refusal, or nothing. Everything is compared before anything is written: a refusal leaves nothing behind. */
async function record(
  tx: Tx,
  { clock, newUuid }: ReassignedDeps,
  { file, answers, digest }: WhollyRead & { readonly file: AnswersFile },
): Promise<Result<never, Refusal> | undefined> {
  const { checkId, asOf, by, fileName } = file;
  const check = await lockCheck(tx, checkId);
  if (check === undefined || check.state === 'answered')
    return conflict('these questions were answered meanwhile', { state: 'answered', allowed: [] });
  const answered = { checkId, hasErased: await hasErasedQuestions(tx, checkId) };
  const wrong = (await foreign(tx, answered, answers)) ?? (file.partial ? undefined : missing(check, answers.size));
  if (wrong !== undefined) return invalid(`${fileName}: ${wrong}. Nothing was changed`);
  for (const rows of batches(answers)) await putAnswers(tx, answered, rows);
  const now = clock.now();
  const counts = countsOf(answers);
  await putAnswered(tx, checkId, { file: fileName, digest, asOf, by: by.name, at: now, counts });
  await putStanding(tx, checkId);
  const subject = showId('reassignedCheck', checkId);
  const unanswered = check.questions - answers.size;
  const detail = { file: fileName, digest, asOf, ...counts, unanswered };
  const entry = { id: newUuid(), at: now, actor: by.actor, subject, detail };
  await recordAudit(tx, { ...entry, action: 'reassigned_numbers.answered' });
  return undefined;
}

async function foreign(tx: Tx, check: AnsweredCheck, answers: WhollyRead['answers']): Promise<string | undefined> {
  for (const rows of batches(answers)) {
    const found = await findForeignAnswer(tx, check, rows);
    if (found === undefined) continue;
    return found.askedAbout === null
      ? `it answers about ${found.phone}, which was not asked about; it belongs to other questions`
      : `it answers about ${found.phone} of ${found.day}, and ${found.askedAbout} was asked about; it belongs to other questions`;
  }
  return undefined;
}

const missing = ({ questions }: ReassignedCheck, answered: number): string | undefined =>
  answered === questions
    ? undefined
    : `it answers ${answered} of ${questions} questions: half a file, as it looks; download it again, or say that it may be partial`;

function* batches(answers: WhollyRead['answers']): Generator<readonly AnswerRow[]> {
  let rows: AnswerRow[] = [];
  for (const [number, { answer, day }] of answers) {
    rows.push({ phone: `+1${number}`, day, answer });
    if (rows.length < ROWS_AT_ONCE) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

function countsOf(answers: WhollyRead['answers']): Readonly<Record<ReassignedAnswer, number>> {
  const counts: Record<ReassignedAnswer, number> = { yes: 0, no: 0, no_data: 0 };
  for (const { answer } of answers.values()) counts[answer] += 1;
  return counts;
}
