import { type Command, Option } from 'commander';
import { CONSENT_KINDS, SAID_PURPOSES } from '../compliance/consent.ts';
import type { GrantFlags, ListFlags, RevokeFlags } from './contact-consent.ts';
import { countOption, repeatable, withExamples } from './options.ts';
import { TIME } from './sending-flags.ts';
import type { Shell } from './shell.ts';

const SOURCES = ['web_form', 'keyword', 'paper', 'voice', 'import', 'member'];
const PROOF =
  'what shows it, as field=value; web_form: formUrl, ip, formVersion, userAgent; keyword: text; paper: document; voice: recording; import: file, row, method, formUrl, ip, userAgent, recording; member: note';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright contact consent list +16175550123', 'what this person has permitted, and its proof'],
  ]).description('What people have permitted and taken back');

  withExamples(command.command('list'), [
    ['textwright contact consent list +16175550123 --json', 'as one JSON object, as the API answers'],
  ])
    .description('What holds now, and every event, newest first')
    .argument('<contact>', 'number or id')
    .option('--limit <n>', 'at most this many events', countOption, 50)
    .option('--json', 'print one JSON object')
    .action(async (reference: string, flags: ListFlags) => {
      const { listCommand } = await import('./contact-consent.ts');
      await listCommand(reference, flags, shell);
    });

  recording(
    withExamples(command.command('grant'), [
      [
        'textwright contact consent grant +16175550123 --kind express --source member --proof "note=Asked for reminders at the counter"',
        'a number that was knowingly given',
      ],
      [
        'textwright contact consent grant +16175550123 --kind express_written --source web_form --proof formUrl=https://acme.example/join --proof ip=203.0.113.7 --wording "I agree to ..." --wording-version v2 --at 2026-05-03T14:30',
        'a form that was filled in',
      ],
    ]).description('Record that a person agreed'),
    SAID_PURPOSES,
    'marketing',
  )
    .addOption(new Option('--kind <kind>', 'how they agreed').choices(CONSENT_KINDS).makeOptionMandatory())
    .option('--wording <text>', 'exactly what they agreed to')
    .option('--wording-version <version>', 'which version of it')
    .option('--language <tag>', 'its language, as en or es-US')
    .option('--needs-confirmation', 'they were asked to confirm it, and it is no consent until they do')
    .option('--valid-until <time>', `when it ends by itself: ${TIME}`)
    .action(async (reference: string, flags: GrantFlags) => {
      const { grantCommand } = await import('./contact-consent.ts');
      await grantCommand(reference, flags, shell);
    });

  recording(
    withExamples(command.command('revoke'), [
      [
        'textwright contact consent revoke +16175550123 --source member --proof "note=Said so on the phone" --yes',
        'no more texts to this number',
      ],
    ]).description('Record that a person took it back; of marketing and all, the number is opted out'),
    [...SAID_PURPOSES, 'all'],
    'all',
  )
    .option('--yes', 'do not ask')
    .action(async (reference: string, flags: RevokeFlags) => {
      const { revokeCommand } = await import('./contact-consent.ts');
      await revokeCommand(reference, flags, shell);
    });
}

const recording = (command: Command, purposes: readonly string[], purpose: string): Command =>
  command
    .argument('<contact>', 'number or id')
    .addOption(
      new Option('--purpose <purpose>', 'what for; transactional is another word for informational')
        .choices(purposes)
        .default(purpose),
    )
    .addOption(new Option('--source <source>', 'by which way').choices(SOURCES).makeOptionMandatory())
    .option('--proof <field=value>', PROOF, repeatable, [])
    .option('--at <time>', `when they said so, now if it is left out: ${TIME}`)
    .option('--json', 'print what holds afterwards as one JSON object');
