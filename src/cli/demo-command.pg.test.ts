import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startCli } from './cli.fixture.ts';

/** Whether a process with this name is a child of that one; proc_pid_stat(5). */
const hasChild = (parentPid: number | undefined, name: string): boolean =>
  readdirSync('/proc').some((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return stat.includes(` (${name}) `) && stat.split(') ')[1]?.split(' ')[1] === String(parentPid);
    } catch {
      return false;
    }
  });

/** `timeout` tells its child and then the whole process group. */
function endLikeTimeout({ pid }: ChildProcess): void {
  if (pid === undefined) throw new Error('the child has no pid');
  process.kill(pid, 'SIGTERM');
  process.kill(-pid, 'SIGTERM');
}

/** `timeout 20 textwright demo | head` */
it.runIf(process.platform === 'linux').each([
  [
    'while its database is being made',
    async (child: ChildProcess) => {
      child.stdout?.destroy();
      while (child.exitCode === null && !hasChild(child.pid, 'initdb')) await nextTurn();
    },
  ],
  [
    'while the campaign runs',
    async ({ stdout }: ChildProcess) => {
      if (stdout === null) throw new Error('the child has no pipes');
      await once(createInterface(stdout), 'line');
      stdout.destroy();
    },
  ],
])(
  'a demo that nobody reads on, told to end %s, takes its database along',
  async (_when, reached) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'textwright-demo-'));
    // Closed to others, it would have its database elsewhere.
    await chmod(dataDir, 0o755);
    const child = startCli(['demo'], { env: { TEXTWRIGHT_DATA_DIR: dataDir }, ownGroup: true });
    try {
      if (child.stderr === null) throw new Error('the child has no pipes');
      const err = text(child.stderr);
      const ended = once(child, 'close');
      await Promise.race([reached(child), ended]);
      endLikeTimeout(child);
      await ended;
      expect({ code: child.exitCode, err: await err }).toEqual({
        code: 1,
        err: expect.stringContaining('the demo was stopped before its end; start it again'),
      });
      expect(existsSync(join(dataDir, 'demo/postgres/PG_VERSION'))).toBe(true);
      expect(existsSync(join(dataDir, 'demo/postgres/postmaster.pid'))).toBe(false);
    } finally {
      child.kill('SIGKILL');
      await rm(dataDir, { recursive: true });
    }
  },
  60_000,
);
