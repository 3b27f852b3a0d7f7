import { type Command, Option } from 'commander';
import { SAID_PURPOSES } from '../compliance/consent.ts';
import { answerLines } from './answer-lines.ts';
import type { JsonObject } from './json-lines.ts';
import { withExamples } from './options.ts';
import { type Shell, UsageError } from './shell.ts';

interface ConsentFlags {
  readonly at?: string;
  readonly purpose?: string;
  readonly stdin?: true;
  readonly json?: true;
}

export function defineConsent(command: Command, shell: Shell): void {
  withExamples(command, [
    [
      'textwright explain consent +16175550123 --at 2026-05-03T18:30:00Z',
      'what this person had permitted at an instant',
    ],
    [
      'textwright explain consent --stdin < numbers.jsonl',
      'many: {"phone", "at"?, "purpose"?: "marketing" or "informational" (also said "transactional")} on each line',
    ],
  ])
    .description('What a number has permitted, since when and until when, by which event and to which words')
    .argument('[phone]', 'the number; it need not be a contact')
    .option('--at <instant>', 'ISO 8601 with Z or an offset; now when absent')
    .addOption(new Option('--purpose <purpose>', 'of which texts; of marketing when absent').choices(SAID_PURPOSES))
    .option('--stdin', 'read JSON lines from standard input, write one JSON line for each')
    .option('--json', 'print {"phone","purpose","at","state","kind","since","validUntil","eventId","wording",...}')
    .action((phone: string | undefined, flags: ConsentFlags) => explain(phone, flags, shell));
}

async function explain(phone: string | undefined, { stdin, json, ...asked }: ConsentFlags, shell: Shell) {
  if (stdin && (phone !== undefined || Object.keys(asked).length > 0))
    throw new UsageError('--stdin: the input comes from standard input, leave the rest out');
  if (!stdin && phone === undefined)
    throw new UsageError('nothing to explain: give a number, or JSON lines with --stdin');
  const { withServices } = await import('./open-services.ts');
  const { askConsents } = await import('./ask-consents.ts');
  await withServices(shell, async ({ database: { db }, clock }) => {
    const ask = (inputs: readonly JsonObject[]) => askConsents(db, inputs, clock.now());
    if (stdin) return answerLines(shell, ask);
    for (const answer of await ask([{ phone, ...asked }])) {
      if (!answer.ok) throw new UsageError(answer.error);
      if (json) await shell.out.json(answer.value);
      else await shell.out.lines(`${answer.value.state}: ${answer.value.sentence}`);
    }
  });
}
