import { type Command, Option } from 'commander';
import type { SettleOptions } from './settle-text.ts';

const OUTCOMES = ['sent', 'send_again', 'drop'] as const satisfies readonly SettleOptions['outcome'][];

/** What a person says of a text whose answer was lost, and how the answer looks as JSON. */
export const withSettleFlags = (command: Command, json: string): Command =>
  command
    .addOption(
      new Option('--outcome <outcome>', 'sent; or not sent, and: send it again, or drop it')
        .choices(OUTCOMES)
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'how you know, for the audit log')
    .option('--gateway-id <id>', 'with sent: the id that the gateway gave the text')
    .option('--yes', 'do not ask before sending again; needed where nobody can answer')
    .option('--json', `print ${json}`);
