import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DemoReport } from '../src/demo/demo-books.ts';

/** The demo as a user starts it, killed in the middle with SIGKILL and started again: it must end balanced. */
const root = join(import.meta.dirname, '..');
const DEMO_MS_MAX = 240_000;
let dataDir: string;
let demo: ChildProcess | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'textwright-demo-'));
  await chmod(dataDir, 0o755);
});
afterAll(async () => {
  demo?.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

interface Started {
  readonly process: ChildProcess;
  /** Resolves when the output matches. */
  said(text: RegExp): Promise<void>;
  readonly exited: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

function startDemo(): Started {
  const child = spawn(process.execPath, ['src/cli/main.ts', 'demo', '--exit', '--json'], {
    cwd: root,
    env: { ...process.env, TEXTWRIGHT_DATA_DIR: dataDir, PORT: '0', DATABASE_URL: undefined },
  });
  demo = child;
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const check of waiting) check();
  });
  return {
    process: child,
    said: (text) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!text.test(stderr)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    exited: new Promise((resolve) => child.on('exit', (code) => resolve({ code, stdout, stderr }))),
  };
}

it(
  'finishes balanced after a kill -9 in the middle of a sending day',
  async () => {
    const first = startDemo();
    // Sending has begun on the second day: texts are in flight, receipts and replies are on their way.
    await Promise.race([first.said(/Wed, Nov 18, .* (14|15|16|17|18|19|20|21|22|23|24)\d\/390/), first.exited]);
    first.process.kill('SIGKILL');
    const killed = await first.exited;
    expect(killed.stderr).not.toContain('The books');

    const second = startDemo();
    const { code, stdout, stderr } = await second.exited;
    expect(stderr).toContain('Continuing the demo');
    const report = JSON.parse(stdout) as Partial<DemoReport> &
      Pick<DemoReport, 'calls' | 'delivered' | 'failed' | 'skipped' | 'reviewHoursLate' | 'unclearOptOuts'>;
    expect(report.differences ?? []).toEqual([]);
    expect(report).toMatchObject({
      contacts: 400,
      enrolled: 400,
      duplicates: 0,
      lateSends: 0,
      windowViolations: 0,
      capViolations: 0,
      balanced: true,
    });
    const count = (counts: Readonly<Record<string, number>>): number =>
      Object.values(counts).reduce((sum, n) => sum + n, 0);
    expect(report.delivered + count(report.failed) + count(report.skipped)).toBe(400);
    // By the demo's clock: the minutes of the machine are days in it.
    expect(report.reviewHoursLate).toBeGreaterThan(0);
    expect(report.reviewHoursLate).toBeLessThan(12);
    expect(report.unclearOptOuts).toBeGreaterThan(0);
    // Some people call instead of texting back.
    expect(report.calls).toBeGreaterThan(0);
    expect(code).toBe(0);
  },
  DEMO_MS_MAX,
);
