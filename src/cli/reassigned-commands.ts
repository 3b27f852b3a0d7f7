import { type Command, InvalidArgumentError, Option } from 'commander';
import { DATE_FORMATS } from '../compliance/reassigned-rules.ts';
import { ANSWER_COLUMNS, DEFAULT_ANSWER_COLUMNS } from '../reassigned-numbers/answers-file.ts';
import { repeatable, withExamples } from './options.ts';
import type { AnswersFlags, AskFlags, Json, QuestionsFlags } from './reassigned-numbers.ts';
import type { Shell } from './shell.ts';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright reassigned ask --tag estimate', 'a file of questions about these people'],
    ['textwright reassigned questions rsc_… > questions.csv', 'to be uploaded at reassigned.us'],
    ['textwright reassigned answers rsc_… answers.csv --as-of 2026-11-20', 'all answers count from then on, or none'],
    ['textwright reassigned list', 'what was asked, and what was answered'],
    ['textwright reassigned record rsc_… > record.csv', 'the proof: each question with its ground and its answer'],
  ]).description('Ask the Reassigned Numbers Database by files whether numbers were given up since they were theirs');
  command
    .command('ask')
    .description('Make questions: each number with the last day on which it was known to be the person’s')
    .option('--all', 'about every contact')
    .option('--tag <tag>', 'about contacts with this tag (repeatable: any of them)', repeatable, [])
    .option('--state <state>', 'about contacts in this state (repeatable: any of them)', repeatable, [])
    .option('--city <city>', 'about contacts in this city (repeatable: any of them)', repeatable, [])
    .option('--not-contacted-days <n>', 'about contacts without a campaign text for so long', days)
    .option('--not-asked-for-days <n>', 'leave out whoever was answered about within so many days', days, 0)
    .option('--json', 'print the check as JSON')
    .action(async (flags: AskFlags) => (await load()).askCommand(flags, shell));
  command
    .command('questions')
    .description('Write the questions to standard output, as the database takes them')
    .argument('<check>', 'its id')
    .addOption(new Option('--date-format <format>', 'how days are written').choices(DATE_FORMATS))
    .option('--header', 'with a line of names first')
    .action(async (check: string, flags: QuestionsFlags) => (await load()).questionsCommand(check, flags, shell));
  command
    .command('answers')
    .description('Read the file of answers; one line that is not understood leaves everything as it was')
    .argument('<check>', 'its id')
    .argument('<file>', 'plain text')
    .requiredOption('--as-of <day>', 'the day on which the database answered, as 2026-11-20')
    .option(
      '--columns <columns>',
      `in their order, out of ${ANSWER_COLUMNS.join(', ')}`,
      DEFAULT_ANSWER_COLUMNS.join(','),
    )
    .option('--partial', 'questions may be without an answer')
    .option('--json', 'print the check as JSON')
    .action(async (check: string, file: string, flags: AnswersFlags) =>
      (await load()).answersCommand({ check, file }, flags, shell),
    );
  command
    .command('record')
    .description('Write each question with its ground and its answer to standard output, as CSV')
    .argument('<check>', 'its id')
    .action(async (check: string) => (await load()).recordCommand(check, shell));
  command
    .command('list')
    .description('What was asked, newest first')
    .option('--json', 'one JSON object per check')
    .action(async (flags: Json) => (await load()).listCommand(flags, shell));
}

const load = () => import('./reassigned-numbers.ts');

function days(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of days.');
  return Number(text);
}
