import { expect, it } from 'vitest';
import { createInterruption, whenAborted } from './interruption.ts';

function interruptedAt(...instantsMs: readonly number[]) {
  let nowMs = 0;
  const heard: string[] = [];
  const { signal, interrupt } = createInterruption({
    nowMs: () => nowMs,
    announce: () => heard.push('finishing'),
    stopNow: () => heard.push('stopped at once'),
  });
  for (const instantMs of instantsMs) {
    nowMs = instantMs;
    interrupt();
  }
  return { heard, aborted: signal.aborted, signal };
}

it.each([
  ['not at all', [], [], false],
  ['once', [1_000], ['finishing'], true],
  ['twice', [1_000, 2_500], ['finishing', 'stopped at once'], true],
  ['by the terminal and by npm together', [1_000, 1_020], ['finishing'], true],
  ['together, then once more', [1_000, 1_020, 1_600], ['finishing', 'stopped at once'], true],
] as const)('interrupted %s', (_case, instantsMs, heard, aborted) => {
  expect(interruptedAt(...instantsMs)).toMatchObject({ heard, aborted });
});

it('lets a waiting program go on, also one that begins to wait afterwards', async () => {
  await whenAborted(interruptedAt(1_000).signal);
});
