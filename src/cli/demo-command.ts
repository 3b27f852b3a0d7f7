import type { Command } from 'commander';
import { withExamples } from './options.ts';
import { CliError, type Shell } from './shell.ts';

interface DemoCommandOptions {
  readonly exit?: true;
  readonly json?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright demo', 'play the demo, then stay up to be explored'],
    ['textwright demo --exit --json', 'end by itself and print the report as JSON'],
  ])
    .description('Play three business days of a campaign against a simulated gateway, in about a minute')
    .option('--exit', 'end with the report instead of staying up')
    .option('--json', 'print the report as one JSON object')
    .action((options: DemoCommandOptions) => demo(options, shell));
}

async function demo({ exit = false, json = false }: { exit?: boolean; json?: boolean }, shell: Shell): Promise<void> {
  const signal = shell.interruption();
  const { runDemo } = await import('../demo/demo.ts');
  const { demoProgress } = await import('../demo/demo-progress.ts');
  const onOut = {
    write: (text: string) => void shell.out.write(text).catch(() => undefined),
    columns: shell.out.columns,
  };
  // Standard output is for the report alone then.
  const onErr = { write: (text: string) => shell.tell(text.trimEnd()), columns: undefined };
  const report = await runDemo({
    exitAtEnd: exit,
    env: shell.env,
    workingDir: shell.workingDir,
    progress: demoProgress(json ? onErr : onOut),
    signal,
  });
  if (report === undefined)
    throw new CliError('the demo was stopped before its end; start it again to go on from there');
  const { differences, ...figures } = report;
  if (json) await shell.out.json(report.balanced ? figures : { ...figures, differences });
  if (!report.balanced) throw new CliError(`the books do not balance: ${differences.join('; ')}`);
}
