import type { Command } from 'commander';
import { withExamples } from './options.ts';
import type { Shell } from './shell.ts';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright compliance status', 'the last 30 days: opt-outs, consents, lists, what was held back'],
    ['textwright compliance status --json', 'as the API answers'],
  ]).description('How the law is kept');
  command
    .command('status')
    .description(
      'Opt-outs against the levels of the carriers, how fast they are obeyed, consents, lists, and the audit log',
    )
    .option('--json', 'print it as one JSON object')
    .action(async ({ json }: { readonly json?: true }) =>
      (await import('./compliance-status.ts')).statusCommand(json, shell),
    );
}
