/**
 * The command line: `textwright <noun> <verb>`. Only the noun that was named is loaded, so that `explain` answers before a database
 * driver or a web server would have been read.
 */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import { CliError, OutputClosed, type Shell, UsageError } from './shell.ts';

interface Noun {
  readonly summary: string;
  readonly load: () => Promise<{ readonly define: (command: Command, shell: Shell) => void }>;
}

const NOUNS: Readonly<Record<string, Noun>> = {
  serve: { summary: 'Start the server', load: () => import('./serve-command.ts') },
  worker: {
    summary: 'Start a process that sends and works, without a web page',
    load: async () => ({ define: (await import('./serve-command.ts')).defineWorker }),
  },
  demo: { summary: 'Play three business days of a campaign in a minute', load: () => import('./demo-command.ts') },
  import: { summary: 'Import contacts from a CSV file', load: () => import('./import-command.ts') },
  contact: { summary: 'List and show contacts', load: () => import('./contact-commands.ts') },
  call: { summary: 'List and show calls', load: () => import('./call-commands.ts') },
  message: {
    summary: 'Texts whose answer was lost: list them, settle one',
    load: () => import('./message-commands.ts'),
  },
  campaign: { summary: 'Create, launch and control campaigns', load: () => import('./campaign-commands.ts') },
  account: {
    summary: 'Connect accounts at gateways, list them, change their keys',
    load: () => import('./account-commands.ts'),
  },
  lane: { summary: 'List and change the numbers that texts go out from', load: () => import('./lane-commands.ts') },
  webhook: {
    summary: 'Look through, replay and try the events that gateways post; how they are asked for',
    load: () => import('./webhook-commands.ts'),
  },
  health: { summary: 'Check whether events come in', load: () => import('./health-commands.ts') },
  alert: { summary: 'See what is wrong, and choose who is told', load: () => import('./alert-commands.ts') },
  dnc: {
    summary: 'Do-not-call lists: fill them, see their age, exempt numbers',
    load: () => import('./dnc-commands.ts'),
  },
  reassigned: {
    summary: 'Numbers that may have another holder: questions to the Reassigned Numbers Database and their answers',
    load: () => import('./reassigned-commands.ts'),
  },
  scrub: {
    summary: 'Ask a service which do-not-call lists numbers are on',
    load: () => import('./scrub-commands.ts'),
  },
  consent: {
    summary: 'What people have permitted, how long it lasts, and by which forms they agree',
    load: () => import('./consents-commands.ts'),
  },
  optout: {
    summary: 'Who asked not to be texted, and who may have',
    load: () => import('./optout-commands.ts'),
  },
  compliance: {
    summary: 'How the law is kept; all that is known of one number, as a file for a court or for the person',
    load: () => import('./compliance-commands.ts'),
  },
  reconcile: { summary: 'Compare our books with those of the gateways', load: () => import('./reconcile-commands.ts') },
  audit: {
    summary: 'Who did what and when; whether the log is as it was written',
    load: () => import('./audit-commands.ts'),
  },
  number: { summary: 'Validate the numbers of contacts', load: () => import('./number-commands.ts') },
  settings: { summary: 'What an owner sets for all campaigns', load: () => import('./settings-commands.ts') },
  explain: {
    summary: 'Ask the rules: opt-outs, message parts, templates, quiet hours, eligibility',
    load: () => import('./explain-commands.ts'),
  },
  user: { summary: 'Give somebody who signs in a new password', load: () => import('./user-commands.ts') },
  migrate: { summary: 'Bring the database schema up to date', load: () => import('./migrate-command.ts') },
};

const EXIT_CODES = `
Exit codes:
  0  done
  1  refused, not found, or failed; the reason is on standard error
  2  called wrongly; nothing was tried`;

const EXAMPLES = `Examples:
  textwright demo                                     see it work, nothing to set up
  textwright serve                                    start the server on this machine
  textwright import contacts.csv --dry-run            check a file before importing it
  textwright campaign launch "Spring estimates"       review a campaign, then start it
  textwright explain opt-out "please stop texting me"
`;

/** Runs one command; returns the exit code. */
export async function runProgram(args: readonly string[], shell: Shell): Promise<0 | 1 | 2> {
  try {
    const program = createProgram(shell);
    await addNouns(program, { named: args.find((word) => Object.hasOwn(NOUNS, word)), shell });
    await program.parseAsync(args, { from: 'user' });
    await shell.out.flush();
    return 0;
  } catch (error) {
    return explainFailure(error, shell);
  }
}

function createProgram(shell: Shell): Command {
  const width = (columns: number | undefined): number => Math.min(columns ?? 100, 120);
  return new Command('textwright')
    .usage('<command> [options]')
    .version(VERSION, '--version', 'Print the version')
    .helpOption('--help', 'Show this help')
    .helpCommand('help [command]', 'Show the help of a command')
    .addHelpText('before', EXAMPLES)
    .addHelpText('afterAll', EXIT_CODES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void shell.out.write(text).catch(() => undefined),
      writeErr: (text) => shell.tell(text.replace(/\n$/, '')),
      outputError: (text, write) => write(text.replace(/^error: /, 'textwright: ')),
      getOutHelpWidth: () => width(shell.out.columns),
      getErrHelpWidth: () => width(shell.columns),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

async function addNouns(
  program: Command,
  { named, shell }: { readonly named: string | undefined; readonly shell: Shell },
): Promise<void> {
  for (const [name, noun] of Object.entries(NOUNS)) {
    const command = program.command(name).summary(noun.summary).helpCommand(false);
    if (name === named) (await noun.load()).define(command, shell);
  }
}

function explainFailure(error: unknown, shell: Shell): 0 | 1 | 2 {
  if (error instanceof OutputClosed) return 0;
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  shell.tell(`textwright: ${describe(error, shell.env['LOG_LEVEL'] === 'debug')}`);
  return error instanceof UsageError ? 2 : 1;
}

function describe(error: unknown, withStack: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof CliError) return error.message;
  const isBug = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  if (withStack || isBug) return error.stack ?? error.message;
  if (error.message === '' && error instanceof AggregateError)
    return error.errors.map((inner) => describe(inner, false)).join('; ');
  return error.message;
}
