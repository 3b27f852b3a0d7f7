import { type Command, InvalidArgumentError, Option } from 'commander';
import { CONSENT_KINDS, SAID_PURPOSES } from '../compliance/consent.ts';
import type { AskingFlags, FilterFlags, Json, LedgerFlags, ValidityFlags } from './consents.ts';
import type { FormFlags } from './opt-in-forms.ts';
import { countOption, withExamples } from './options.ts';
import { TIME } from './sending-flags.ts';
import type { Shell } from './shell.ts';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright consent list --state pending', 'who has not confirmed yet'],
    ['textwright consent export --source web_form > consents.csv', 'with the words and the evidence of each'],
    ['textwright consent validity --express 12 --dry-run', 'whom that would exclude'],
    ['textwright consent form list', 'the forms by which people agree'],
  ]).description('What everybody has permitted and taken back, how long it lasts, and by which forms they agree');
  defineLedger(command, shell);
  defineSettings(command, shell);
  defineForms(command.command('form').description('Forms by which people agree'), shell);
}

const consents = () => import('./consents.ts');
const forms = () => import('./opt-in-forms.ts');

function defineLedger(command: Command, shell: Shell): void {
  filtered(
    command.command('list').description('Events of everybody, in the order in which they were recorded, newest first'),
  )
    .option('--limit <n>', 'at most this many', countOption, 50)
    .option('--json', 'one JSON object per line')
    .action(async (flags: LedgerFlags) => (await consents()).listCommand(flags, shell));
  filtered(command.command('export').description('All that match as CSV; the audit log says who took it')).action(
    async (flags: FilterFlags) => (await consents()).exportCommand(flags, shell),
  );
}

const filtered = (command: Command): Command =>
  command
    .option('--phone <number>', 'of one number')
    .addOption(new Option('--action <action>', 'what happened').choices(['grant', 'confirm', 'revoke', 'expire']))
    .addOption(new Option('--kind <kind>', 'how they agreed').choices(CONSENT_KINDS))
    .addOption(new Option('--purpose <purpose>', 'what for').choices(SAID_PURPOSES))
    .option('--source <source>', 'by which way: web_form, keyword, paper, voice, import, member, opt_out or policy')
    .option('--state <state>', 'how the number stands now: written, express, pending, opted_out, expired ...')
    .option('--from <time>', `recorded at or after: ${TIME}`)
    .option('--until <time>', `recorded before: ${TIME}`);

function defineSettings(command: Command, shell: Shell): void {
  withExamples(command.command('validity'), [
    ['textwright consent validity', 'how long consents last'],
    ['textwright consent validity --express 12 --also-recorded --dry-run', 'whom that would exclude'],
  ])
    .description('How long consents last of which nobody has said until when; shows whom a change would exclude')
    .option('--express <months>', 'of an inquiry; or never', monthsOption)
    .option('--express-written <months>', 'of a written agreement; or never', monthsOption)
    .option('--also-recorded', 'also ends those that were recorded before, for good')
    .option('--only-new', 'those that were recorded before keep their ends')
    .option('--dry-run', 'show the effect, change nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'print one JSON object')
    .action(async (flags: ValidityFlags) => (await consents()).validityCommand(flags, shell));
  command
    .command('asking')
    .description('How people are asked by text whether an opt-in was theirs')
    .option('--confirm-within <days>', 'an opt-in that is not confirmed by then is none', countOption)
    .option('--ask-again-after <days>', 'a number is asked once in so many days', countOption)
    .option('--json', 'print one JSON object')
    .action(async (flags: AskingFlags) => (await consents()).askingCommand(flags, shell));
}

function defineForms(command: Command, shell: Shell): void {
  command
    .command('list')
    .description('All forms with their addresses')
    .option('--json', 'one JSON object per line, with what to paste into a website')
    .action(async (flags: Json) => (await forms()).listCommand(flags, shell));
  withExamples(command.command('create'), [
    ['textwright consent form create < form.json', 'as POST /v1/opt-in-forms takes it'],
  ])
    .description('Make a form out of the JSON object on standard input')
    .option('--json', 'print the form as JSON')
    .action(async (flags: Json) => (await forms()).createCommand(flags, shell));
  command
    .command('snippet')
    .description('What to paste into a page of an allowed site')
    .argument('<form>', 'name or id')
    .addOption(new Option('--language <language>', 'in which words').choices(['en', 'es']).default('en'))
    .action(async (form: string, flags: FormFlags) => (await forms()).snippetCommand(form, flags, shell));
  for (const [verb, does] of [
    ['close', 'Nobody can send it in any more'],
    ['open', 'Let people send it in again'],
  ] as const)
    command
      .command(verb)
      .description(does)
      .argument('<form>', 'name or id')
      .action(async (form: string) => (await forms()).openCommand(form, verb === 'open', shell));
}

function monthsOption(text: string): number | null {
  if (text === 'never') return null;
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('Expected a number of months, or never.');
  return Number(text);
}
