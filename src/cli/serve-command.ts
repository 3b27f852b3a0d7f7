import { type Command, Option } from 'commander';
import type { Role } from '../main.ts';
import { CONFIG_OPTIONS, parseConfig } from '../platform/config.ts';
import { whenAborted } from './interruption.ts';
import { withExamples } from './options.ts';
import type { Shell } from './shell.ts';
import { table } from './words.ts';

const SETTINGS = `
Environment:
${table(Object.values(CONFIG_OPTIONS).map(({ env, text, defaultText }) => [`  ${env}`, `${text} (default: ${defaultText})`])).join('\n')}`;

interface ServeOptions {
  readonly role: Role;
  readonly json?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright serve', 'everything in one process, with its own database'],
    ['PORT=8080 textwright serve --role api', 'web page and API; workers run elsewhere'],
    ['textwright serve --role worker', 'sending and background work only'],
  ])
    .description('Start the server; its address goes to standard output, its log to standard error')
    .addOption(new Option('--role <role>', 'what this process does').choices(['all', 'api', 'worker']).default('all'))
    .option('--json', 'print the address as {"url","role"}')
    .addHelpText('after', SETTINGS)
    .action((options: ServeOptions) => serve(options, shell));
}

export function defineWorker(command: Command, shell: Shell): void {
  withExamples(command, [['textwright worker', 'the same as textwright serve --role worker']])
    .description('Start a process that sends and works, without a web page')
    .option('--json', 'print {"url","role"} once it works')
    .addHelpText('after', SETTINGS)
    .action((options: { readonly json?: true }) => serve({ ...options, role: 'worker' }, shell));
}

/** Runs until it is interrupted, then drains. */
async function serve({ role, json }: ServeOptions, shell: Shell): Promise<void> {
  const config = parseConfig(shell.env, shell.workingDir);
  const interrupted = shell.interruption();
  const { start } = await import('../main.ts');
  const running = await start({ config, role });
  try {
    if (json) await shell.out.json({ url: running.url ?? null, role });
    else if (running.url !== undefined) await shell.out.lines(running.url);
    shell.tell(
      running.url === undefined
        ? 'The worker is running; Ctrl-C stops it'
        : 'Textwright is running: open this address in a browser; Ctrl-C stops it',
    );
    await whenAborted(interrupted);
  } finally {
    await running.close();
  }
}
