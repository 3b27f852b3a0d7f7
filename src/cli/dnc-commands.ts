import { type Command, InvalidArgumentError, Option } from 'commander';
import { CHANGE_COLUMNS } from '../compliance/dnc-file.ts';
import { DNC_KINDS } from '../compliance/dnc-rules.ts';
import type { CreateFlags, ExemptFlags, Json, UploadFlags } from './dnc-lists.ts';
import { withExamples } from './options.ts';
import { TIME } from './sending-flags.ts';
import type { Shell } from './shell.ts';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    [
      'textwright dnc create National --kind national',
      'before its first file, only people who agreed in writing are texted',
    ],
    [
      'textwright dnc upload National full-list.txt --as-of 2026-11-16',
      'in force when it is read wholly, or not at all',
    ],
    [
      'textwright dnc upload National changes.txt --as-of 2026-11-20 --format changes',
      'what was added and taken off since',
    ],
    ['textwright dnc status', 'how old every list is; exit code 1 when one is too old'],
    ['textwright dnc export > do-not-call.csv', 'everybody who must not be called: opt-outs and internal lists'],
    ['textwright dnc check +16175550123', 'which lists a number is on'],
  ]).description('Do-not-call lists: fill them, see how old they are, exempt numbers');
  defineLists(command, shell);
  defineNumbers(command, shell);
}

function defineLists(command: Command, shell: Shell): void {
  command
    .command('create')
    .description('Make a list')
    .argument('<name>', 'how it is called')
    .addOption(new Option('--kind <kind>', 'what it is').choices(DNC_KINDS).makeOptionMandatory())
    .option('--state <state>', 'of a list of a state, as TX')
    .option('--json', 'print the list as JSON')
    .action(async (name: string, flags: CreateFlags) => (await load()).createCommand(name, flags, shell));
  command
    .command('upload')
    .description('Read a file into a list; one line that is no number leaves everything as it was')
    .argument('<list>', 'name or id')
    .argument('<file>', 'text or XML, or a ZIP archive of it')
    .requiredOption('--as-of <day>', 'the day on which the registry made the file, as 2026-11-16')
    .addOption(
      new Option('--format <format>', 'what is in it').choices(['numbers', 'changes', 'csv']).default('numbers'),
    )
    .option('--column <header>', 'csv: the header of the numbers')
    .option('--columns <columns>', `changes: the columns in their order, out of ${CHANGE_COLUMNS.join(', ')}`)
    .option('--refused-max <n>', 'so many lines may be no numbers', wholeNumber, 0)
    .option('--may-be-smaller', 'the list may have less than 90% of its numbers of before')
    .option('--json', 'print the version as JSON')
    .action(async (list: string, file: string, flags: UploadFlags) =>
      (await load()).uploadCommand({ list, file }, flags, shell),
    );
  command
    .command('status')
    .description('All lists with their age; exit code 1 when one keeps texts back')
    .option('--json', 'one JSON object per list')
    .action(async (flags: Json) => (await load()).statusCommand(flags, shell));
  command
    .command('history')
    .description('The newest files of a list, and why some are not in force')
    .argument('<list>', 'name or id')
    .option('--json', 'one JSON object per file')
    .action(async (list: string, flags: Json) => (await load()).historyCommand(list, flags, shell));
  command
    .command('export')
    .description('Write numbers to standard output, as CSV: everybody who must not be called, or one list of your own')
    .argument('[list]', 'name or id')
    .action(async (list: string | undefined) => (await load()).exportCommand(list, shell));
  command
    .command('retire')
    .description('Ask a list no more')
    .argument('<list>', 'name or id')
    .option('--yes', 'do not ask')
    .action(async (list: string, flags: { readonly yes?: true }) => (await load()).retireCommand(list, flags, shell));
}

function defineNumbers(command: Command, shell: Shell): void {
  command
    .command('check')
    .description('Which lists a number is on, and its exemptions')
    .argument('<number>')
    .option('--json', 'print one JSON object')
    .action(async (number: string, flags: Json) => (await load()).checkCommand(number, flags, shell));
  command
    .command('exempt')
    .description('Record why somebody on the list of a registry may be texted')
    .argument('<number>')
    .requiredOption('--reason <text>', 'what it rests on')
    .option('--purchase <time>', `they bought something: ${TIME}`)
    .option('--inquiry <time>', `they asked for something: ${TIME}`)
    .option('--until <time>', `for another reason, how long it counts: ${TIME}`)
    .option('--json', 'print the exemption as JSON')
    .action(async (number: string, flags: ExemptFlags) => (await load()).exemptCommand(number, flags, shell));
}

const load = () => import('./dnc-lists.ts');

function wholeNumber(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 0.');
  return Number(text);
}
