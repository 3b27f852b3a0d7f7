import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDemoFolder } from './demo-state.ts';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'textwright-demo-state-'));
});
afterAll(() => rm(dataDir, { recursive: true }));

const STATE = { version: 1, seed: 1, httpPort: 1, clockAt: '2026-11-17T13:30:00Z', finished: false } as const;

describe('the state of a demo', () => {
  it('may be written again before the last write is through; the last one stands', async () => {
    const folder = await openDemoFolder(dataDir);
    const ports = Array.from({ length: 50 }, (_, index) => index + 1);
    await Promise.all(ports.map((sandboxPort) => folder.writeState({ ...STATE, sandboxPort })));
    expect(await folder.readState()).toEqual({ ...STATE, sandboxPort: ports.length });
  });
});
