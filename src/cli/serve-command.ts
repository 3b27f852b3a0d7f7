import { type Command, Option } from 'commander';
import type { Role, Running } from '../main.ts';
import { CONFIG_OPTIONS, type Config, parseConfig } from '../platform/config.ts';
import { requireDataFolder } from '../platform/embedded-postgres-folder.ts';
import { explainConnection } from './explain-connection.ts';
import { whenAborted } from './interruption.ts';
import { withExamples } from './options.ts';
import type { Shell } from './shell.ts';
import { missingPages } from './web-pages.ts';
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

/** Undefined when it was interrupted while it waited for its database. */
async function startExplained(shell: Shell, config: Config, role: Role): Promise<Running | undefined> {
  const signal = shell.interruption();
  // With both given, nothing is kept in the folder until somebody uploads a file.
  if (config.databaseUrl === undefined || config.secretKey === undefined) await requireDataFolder(config.dataDir);
  const { start } = await import('../main.ts');
  try {
    return await start({
      config,
      role,
      waiting: {
        signal,
        told: ({ url, error }) =>
          shell.tell(
            `${explainConnection(error, config)?.message ?? 'The database is away'}. Waiting for it at ${url}; Ctrl-C ends`,
          ),
      },
    });
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw explainConnection(error, config) ?? error;
  }
}

/** Runs until it is interrupted, then drains. */
async function serve({ role, json }: ServeOptions, shell: Shell): Promise<void> {
  const config = parseConfig(shell.env, shell.workingDir);
  const interrupted = shell.interruption();
  const pagesMissing = role === 'worker' ? undefined : missingPages();
  if (pagesMissing !== undefined) shell.tell(pagesMissing);
  const running = await startExplained(shell, config, role);
  if (running === undefined) return;
  try {
    if (json) await shell.out.json({ url: running.url ?? null, role });
    else if (running.url !== undefined) await shell.out.lines(running.url);
    shell.tell(
      running.url === undefined
        ? 'The worker is running; Ctrl-C stops it'
        : `Textwright is running: ${pagesMissing === undefined ? 'open this address in a browser' : 'its API answers at this address'}; Ctrl-C stops it`,
    );
    await whenAborted(interrupted);
  } finally {
    await running.close();
  }
}
