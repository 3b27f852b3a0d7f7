import { type Command, InvalidArgumentError } from 'commander';
import { SCRUB_SERVICES } from '../scrubbing/scrub-service.ts';
import { countOption, repeatable, withExamples } from './options.ts';
import type { ServiceFlags, StartFlags, StatusFlags } from './scrubbing.ts';
import type { Shell } from './shell.ts';

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright scrub service dncscrub --monthly-quota 50000 --stdin < key.txt', 'whom to ask, with which key'],
    ['textwright scrub start --all', 'ask about every contact of whom nothing was said lately'],
    ['textwright scrub status', 'quota, batches, and what they wait for'],
    ['textwright scrub cancel scr_…', 'ask about no more numbers of this batch'],
  ]).description('Ask a service which do-not-call lists the numbers of contacts are on');
  command
    .command('service')
    .description('Choose the service; its key is read from standard input or asked for')
    .argument('<name>', `one of ${SCRUB_SERVICES.join(', ')}, or none`)
    .option('--monthly-quota <n>', 'numbers in a calendar month', countOption)
    .option('--requests-per-second <n>', 'as a number like 0.5', rate)
    .option('--nightly', 'ask every night about whoever is due')
    .option('--no-nightly', 'ask only when somebody says so')
    .option('--keep-key', 'leave the key as it is')
    .option('--stdin', 'read the key from standard input')
    .option('--json', 'print the settings as JSON')
    .action(async (name: string, flags: ServiceFlags) => (await load()).serviceCommand(name, flags, shell));
  command
    .command('start')
    .description('Begin a batch; the server works on it, at the rate and within the quota of the settings')
    .option('--all', 'every contact')
    .option('--tag <tag>', 'contacts with this tag (repeatable: any of them)', repeatable, [])
    .option('--state <state>', 'contacts in this state (repeatable: any of them)', repeatable, [])
    .option('--city <city>', 'contacts in this city (repeatable: any of them)', repeatable, [])
    .option('--not-contacted-days <n>', 'contacts without a campaign text for so long', countOption)
    .option('--json', 'print the batch as JSON')
    .action(async (flags: StartFlags) => (await load()).startCommand(flags, shell));
  command
    .command('status')
    .description('The service, its quota, and the newest batches')
    .option('--json', 'one JSON object: "settings" and "batches"')
    .action(async (flags: StatusFlags) => (await load()).statusCommand(flags, shell));
  command
    .command('cancel')
    .description('End a batch; what was answered counts')
    .argument('<batch>', 'its id, as "scrub status" prints it')
    .option('--json', 'print the batch as JSON')
    .action(async (batch: string, flags: StatusFlags) => (await load()).cancelCommand(batch, flags, shell));
}

const load = () => import('./scrubbing.ts');

function rate(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}
