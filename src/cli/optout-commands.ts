import { type Command, InvalidArgumentError, Option } from 'commander';
import { REPORT_SIDES } from '../compliance/opt-out-rate.ts';
import { countOption, withExamples } from './options.ts';
import type { DifferencesFlags } from './optout-differences.ts';
import type { AddFlags, ImportFlags } from './optout-import.ts';
import type { ReportFlags } from './optout-report.ts';
import type { DecideFlags, ListFlags } from './optout-reviews.ts';
import type { Shell } from './shell.ts';

const REVIEW = 'rev_0193f6c2a1b47c3d8e5f60718293a4b5';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright optout review list', 'replies on which somebody has to decide, the most urgent first'],
    [`textwright optout review decide ${REVIEW} opt_out`, 'the reply asked for no more texts'],
    ['textwright optout import unsubscribed.csv', 'opts out every number of a list'],
    ['textwright optout add 617-555-0123 --note "Called the office"', 'opts out one number, contact or not'],
  ]).description('Who asked not to be texted, and who may have');
  command
    .command('import')
    .description('Opt out every number of a list: a number a line, or a table; the same list may be given again')
    .argument('<file>', 'plain text or CSV')
    .option('--column <header>', 'which column, when several hold phone numbers')
    .option('--dry-run', 'say what it would do, and change nothing; of a list of at most 16 MiB')
    .option('--json', 'print what was read as one JSON object')
    .action(async (file: string, flags: ImportFlags) =>
      (await import('./optout-import.ts')).importCommand(file, flags, shell),
    );
  command
    .command('add')
    .description('Opt out one number; only the person can undo it, by texting START')
    .argument('<number>', 'the number')
    .requiredOption('--note <text>', 'how the person said it')
    .option('--wrong-number', 'the number belongs to somebody else')
    .option('--json', 'print it as one JSON object')
    .action(async (number: string, flags: AddFlags) =>
      (await import('./optout-import.ts')).addCommand(number, flags, shell),
    );

  const filtered = (one: Command): Command =>
    one
      .option('--days <n>', 'of so many days, today among them', countOption, 30)
      .option('--campaign <campaign>', 'of one campaign, by id or name')
      .option('--lane <number>', 'of one of our numbers, by id, number or name')
      .addOption(new Option('--state <state>', 'of people who may be there, like MA').argParser(stateCode));
  filtered(command.command('report'))
    .description('How many people each campaign, number, state or hour has driven away, and how fast we obeyed')
    .addOption(new Option('--by <side>', 'what the rates are of').choices([...REPORT_SIDES]).default('campaign'))
    .option('--json', 'print it as one JSON object, as the API answers')
    .action(async (flags: ReportFlags) => (await import('./optout-report.ts')).reportCommand(flags, shell));
  filtered(command.command('export'))
    .description('Every opt-out as CSV: how it came, how long it took, the text that it followed')
    .action(async (flags: ReportFlags) => (await import('./optout-report.ts')).exportCommand(flags, shell));

  command
    .command('differences')
    .description(
      'When opt-outs were last compared with the providers, what differed, and whom a provider refused for its own list',
    )
    .option('--unheard', 'of those refused, only numbers that nothing here forbade: they said no and we said yes')
    .option('--limit <n>', 'at most this many', countOption, 50)
    .option('--json', 'print one JSON object a line, as the API answers')
    .action(async (flags: DifferencesFlags) =>
      (await import('./optout-differences.ts')).differencesCommand(flags, shell),
    );

  const review = withExamples(command.command('review').helpCommand(false), [
    ['textwright optout review list --json', 'one JSON object a line'],
    [`textwright optout review decide ${REVIEW} not_opt_out`, 'campaigns may go on texting this number'],
  ]).description('Replies that may be opt-outs: no campaign texts their numbers until somebody has decided');
  review
    .command('list')
    .description('What waits for a decision, or what was decided')
    .addOption(new Option('--view <view>', 'which of them').choices(['open', 'decided']).default('open'))
    .option('--limit <n>', 'at most this many', countOption, 50)
    .option('--json', 'print one JSON object a line, as the API answers')
    .action(async (flags: ListFlags) => (await import('./optout-reviews.ts')).listCommand(flags, shell));
  review
    .command('hours')
    .description('For how many hours a reply may wait for a decision; after that it was an opt-out')
    .argument('[hours]', 'change it to so many, a day at most as the rules are now, for replies from now on')
    .option('--json', 'print it as one JSON object')
    .action(async (hours: string | undefined, flags: DecideFlags) =>
      (await import('./optout-reviews.ts')).hoursCommand(hours, flags, shell),
    );
  review
    .command('decide')
    .description('Say what a reply meant; only the person can undo an opt-out, by texting START')
    .argument('<review>', 'id, as "optout review list" prints it')
    .argument('<decision>', 'opt_out, not_opt_out or wrong_number')
    .option('--json', 'print the review as one JSON object')
    .action(async (reference: string, decision: string, flags: DecideFlags) =>
      (await import('./optout-reviews.ts')).decideCommand({ reference, decision }, flags, shell),
    );
}

function stateCode(text: string): string {
  if (!/^[A-Za-z]{2}$/.test(text)) throw new InvalidArgumentError('Expected two letters, like MA.');
  return text.toUpperCase();
}
