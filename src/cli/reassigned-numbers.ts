import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { DateFormat } from '../compliance/reassigned-rules.ts';
import { answersQuery, askReassigned } from '../http/contract/reassigned-numbers.ts';
import { showCheck } from '../http/routes/reassigned-routes.ts';
import { runTx } from '../platform/database.ts';
import { parseId, showId, type Uuid } from '../platform/ids.ts';
import { askAbout, exportQuestions, exportRecord } from '../reassigned-numbers/ask-about.ts';
import { listChecks } from '../reassigned-numbers/check-store.ts';
import type { ReassignedCheck } from '../reassigned-numbers/reassigned-check.ts';
import { recordAnswers } from '../reassigned-numbers/record-answers.ts';
import { audienceOf, type CreateOptions } from './campaign-create.ts';
import { actor, granted, withServices } from './open-services.ts';
import { parsed } from './parsed.ts';
import { type Shell, UsageError } from './shell.ts';
import { sizeOf } from './source-file.ts';
import { count, printable, table } from './words.ts';

export interface Json {
  readonly json?: true;
}
export interface AskFlags extends Pick<CreateOptions, 'all' | 'tag' | 'state' | 'city' | 'notContactedDays' | 'json'> {
  readonly notAskedForDays: number;
}
export interface QuestionsFlags {
  readonly dateFormat?: DateFormat;
  readonly header?: true;
}
export interface AnswersFlags extends Json {
  readonly asOf: string;
  readonly columns: string;
  readonly partial?: true;
}

export async function askCommand({ json, notAskedForDays, ...chosen }: AskFlags, shell: Shell): Promise<void> {
  const body = askReassigned.request.body.content['application/json'].schema;
  const input = parsed(body.safeParse({ audience: audienceOf(chosen), notAskedForDays }));
  await withServices(shell, async (services) => {
    const by = actor();
    const check = granted(await runTx(services.database.db, (tx) => askAbout(tx, services, { ...input, by })));
    if (json) return shell.out.json(showCheck(check));
    await shell.out.lines(
      `${count(check.questions, 'question')} about ${printable(check.chosen)}: ${showId('reassignedCheck', check.id)}`,
      ...(check.undated === 0 ? [] : [`${check.undated} were left out: they have neither agreed nor written`]),
    );
  });
}

export async function questionsCommand(reference: string, flags: QuestionsFlags, shell: Shell): Promise<void> {
  const { dateFormat, header } = flags;
  const file = { id: checkId(reference), dateFormat, header: header === true, actor: actor().actor };
  await withServices(shell, async (services) => {
    const pieces = granted(await exportQuestions({ ...services, db: services.database.db }, file));
    for await (const piece of pieces) await shell.out.write(piece);
  });
}

export async function recordCommand(reference: string, shell: Shell): Promise<void> {
  const file = { id: checkId(reference), actor: actor().actor };
  await withServices(shell, async (services) => {
    const pieces = granted(await exportRecord({ ...services, db: services.database.db }, file));
    for await (const piece of pieces) await shell.out.write(piece);
  });
}

export async function answersCommand(
  named: { readonly check: string; readonly file: string },
  { json, partial, ...flags }: AnswersFlags,
  shell: Shell,
): Promise<void> {
  const id = checkId(named.check);
  const path = resolve(shell.workingDir, named.file);
  await sizeOf(path, named.file);
  const query = { ...flags, fileName: basename(path), partial: String(partial === true) };
  const { fileName, asOf, columns } = parsed(answersQuery.safeParse(query));
  await withServices(shell, async (services) => {
    const chunks = createReadStream(path, { signal: shell.interruption() });
    const file = { checkId: id, fileName, asOf, columns, chunks, partial: partial === true, by: actor() };
    const check = granted(await recordAnswers({ ...services, db: services.database.db }, file));
    if (json) await shell.out.json(showCheck(check));
    else await shell.out.lines(answersLine(check));
  });
}

export async function listCommand({ json }: Json, shell: Shell): Promise<void> {
  await withServices(shell, async ({ database: { db } }) => {
    const checks = await listChecks(db, 200);
    if (json) for (const check of checks) await shell.out.json(showCheck(check));
    else if (checks.length === 0)
      await shell.out.lines('Nothing was asked yet; textwright reassigned ask makes questions');
    else await shell.out.lines(...table(checks.map(checkRow)));
  });
}

const checkRow = (check: ReassignedCheck): readonly string[] => [
  check.askedAt.toString().slice(0, 10),
  count(check.questions, 'question'),
  printable(check.chosen),
  answersLine(check),
  showId('reassignedCheck', check.id),
];

function answersLine({ answers }: ReassignedCheck): string {
  if (answers === null) return 'not answered yet';
  const { yes, no, no_data: noData } = answers.counts;
  return `${count(yes, 'number')} given up and left out of campaigns, ${no} not, ${noData} without data (of ${answers.asOf})`;
}

function checkId(reference: string): Uuid {
  const id = parseId('reassignedCheck', reference);
  if (id === undefined)
    throw new UsageError(`"${reference}" is no check: textwright reassigned list shows their ids (rsc_…)`);
  return id;
}
