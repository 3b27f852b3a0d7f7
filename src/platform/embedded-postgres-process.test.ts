import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runCommand } from './embedded-postgres-process.ts';

/** proc_pid_stat(5): the process group is the fifth field. */
const processGroup = (stat: string): string | undefined => stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2];

it.runIf(process.platform === 'linux')(
  'runs a command out of reach of the signals to our own process group',
  async () => {
    const { code, output } = await runCommand('cat', ['/proc/self/stat']);
    expect(code).toBe(0);
    expect(processGroup(output)).toMatch(/^\d+$/);
    expect(processGroup(output)).not.toBe(processGroup(readFileSync('/proc/self/stat', 'utf8')));
  },
);
