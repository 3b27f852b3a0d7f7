import { type Command, InvalidArgumentError } from 'commander';
import type { ExportFlags, ListFlags, VerifyFlags } from './audit.ts';
import { countOption, withExamples } from './options.ts';
import { TIME } from './sending-flags.ts';
import type { Shell } from './shell.ts';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright audit list --phone "(617) 555-0123"', 'everything that was done about one number'],
    ['textwright audit verify', 'whether anything was changed, removed or inserted'],
  ]).description('Who did what and when, in a log that shows every change of itself');

  withExamples(command.command('list'), [
    ['textwright audit list --action campaign.launched --limit 10', 'the last ten launches'],
    ['textwright audit list --from 2026-11-01 --json > audit.jsonl', 'one JSON object per line'],
  ])
    .description('Entries that match, the newest first')
    .option('--actor <actor>', 'who acted: user:<id>, api_key:<id>, cli:<name>, contact or system')
    .option('--action <action>', 'what was done, as campaign.launched')
    .option('--subject <subject>', 'id or number that it was about')
    .option('--phone <number>', 'number of the person whom it was about')
    .option('--from <time>', `at or after: ${TIME}`)
    .option('--until <time>', `before: ${TIME}`)
    .option('--limit <n>', 'at most this many', countOption)
    .option('--json', 'one JSON object per line')
    .action(async (flags: ListFlags) => {
      const { listCommand } = await import('./audit.ts');
      await listCommand(flags, shell);
    });

  withExamples(command.command('verify'), [
    [
      'textwright audit verify --expect 1042:da0d67...',
      'also against a head that was noted before: nothing was cut off',
    ],
  ])
    .description('Recompute every seal; exit code 1, and the first entry that does not fit, when something is wrong')
    .option('--expect <seq:hash>', 'a head, as an earlier "audit verify" has printed it', headOption)
    .option('--json', 'print one JSON object')
    .action(async (flags: VerifyFlags) => {
      const { verifyCommand } = await import('./audit.ts');
      await verifyCommand(flags, shell);
    });

  withExamples(command.command('export'), [
    ['textwright audit export > audit.jsonl', 'the whole chain, to be verified elsewhere'],
    ['textwright audit export --after 1042 >> audit.jsonl', 'what has come since'],
  ])
    .description('Every sealed entry in the order of the chain, one JSON object per line')
    .option('--after <seq>', 'only those behind this place', countOption)
    .action(async (flags: ExportFlags) => {
      const { exportCommand } = await import('./audit.ts');
      await exportCommand(flags, shell);
    });
}

function headOption(text: string): { readonly seq: number; readonly hash: string } {
  const match = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError('Expected a number, a colon and 64 hex digits, as "audit verify" prints them.');
  return { seq: Number(match[1]), hash: match[2] ?? '' };
}
