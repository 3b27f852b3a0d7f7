import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';
import { type Part, runAll } from './run-all.ts';

function world() {
  const lines: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line: string) => void lines.push(line) } });
  const done: string[] = [];
  const part = (account: string, problem?: string): Part => ({
    about: { account },
    run: async () => {
      if (problem !== undefined) throw new Error(problem);
      done.push(account);
    },
  });
  return { lines, log, done, part };
}

describe('the parts of a job', () => {
  it('are all run, and one that fails fails the job at its end and is told with what it was about', async () => {
    const { lines, log, done, part } = world();
    const parts = [part('one'), part('two', 'no key'), part('three'), part('four', 'no way')];
    await expect(runAll({ log }, 'a look', parts)).rejects.toThrow(
      'a look: failed for 2 of 4: account two (no key), account four (no way)',
    );
    expect(done).toEqual(['one', 'three']);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'error', job: 'a look', account: 'two', error: { message: 'no key' } },
      { level: 'error', job: 'a look', account: 'four', error: { message: 'no way' } },
    ]);
  });

  it('end without a word when none fails', async () => {
    const { lines, log, done, part } = world();
    await runAll({ log }, 'a look', [part('one'), part('two')]);
    expect([done, lines]).toEqual([['one', 'two'], []]);
  });

  it('are not begun once the process is to stop', async () => {
    const { log, done, part } = world();
    const stopping = new AbortController();
    const last: Part = { about: { account: 'one' }, run: async () => stopping.abort() };
    await runAll({ log, signal: stopping.signal }, 'a look', [last, part('two')]);
    expect(done).toEqual([]);
  });
});
