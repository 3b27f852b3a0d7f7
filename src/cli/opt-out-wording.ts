import { type Command, Option } from 'commander';
import type { OptOutWording } from '../compliance/opt-out-wording.ts';
import { withExamples } from './options.ts';
import { type Shell, UsageError } from './shell.ts';
import { table } from './words.ts';

interface Flags {
  readonly add?: 'yes' | 'no';
  readonly wording?: string;
  readonly json?: true;
}

/** `settings opt-out-wording`. */
export function defineOptOutWording(command: Command, shell: Shell): void {
  withExamples(command.helpCommand(false), [
    ['textwright settings opt-out-wording show', 'what is added to first texts'],
    ['textwright settings opt-out-wording set --add yes', 'first texts that do not say how to stop say it'],
  ]).description('What is added to the first campaign text that a person ever gets from us');
  command
    .command('show')
    .description('The words, and whether they are added')
    .option('--json', 'print it as JSON')
    .action((flags: Flags) => show(flags, shell));
  withExamples(command.command('set'), [
    ['textwright settings opt-out-wording set --wording "Text STOP to end"', 'other words'],
  ])
    .description('Change what is named, leave the rest; texts that are begun from then on have it')
    .addOption(new Option('--add <yes|no>', 'whether they are added').choices(['yes', 'no']))
    .option('--wording <text>', 'the words')
    .option('--json', 'print the new setting as JSON')
    .action((flags: Flags) => set(flags, shell));
}

async function show({ json }: Flags, shell: Shell): Promise<void> {
  const { withServices } = await import('./open-services.ts');
  const { getOptOutWording } = await import('../compliance/opt-out-wording-store.ts');
  await tell(await withServices(shell, ({ database }) => getOptOutWording(database.db)), json, shell);
}

async function set({ add, wording, json }: Flags, shell: Shell): Promise<void> {
  if (add === undefined && wording === undefined)
    throw new UsageError('nothing to change: name at least one of --add and --wording');
  const { actor, granted, withServices } = await import('./open-services.ts');
  const { changeOptOutWording } = await import('../compliance/opt-out-wording-store.ts');
  const change = {
    ...(add === undefined ? {} : { adds: add === 'yes' }),
    ...(wording === undefined ? {} : { wording }),
  };
  const changed = await withServices(shell, async (services) =>
    granted(await changeOptOutWording({ ...services, db: services.database.db }, { change, actor: actor().actor })),
  );
  await tell(changed, json, shell);
}

const tell = ({ adds, wording }: OptOutWording, json: true | undefined, shell: Shell): Promise<void> =>
  json
    ? shell.out.json({ adds, wording })
    : shell.out.lines(
        ...table([
          ['Added to first texts', adds ? 'yes, unless they say how to stop themselves' : 'no'],
          ['Words', wording],
        ]),
      );
