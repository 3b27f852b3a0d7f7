import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import type { SessionLock } from '../../platform/session-lock.ts';
import { type LocalSandbox, localSandbox, SANDBOX_ACCOUNT } from './local-sandbox.ts';

const accountId = '00000000-0000-7000-8000-000000000001';
let folder: string;
let lock: { free: boolean; lost: AbortController };
let local: LocalSandbox;

const open = (baseUrl?: string) => local.open({ accountId, baseUrl });
const statusOf = async (baseUrl: string | undefined): Promise<number> => {
  const response = await fetch(`${baseUrl}/v1/phone-numbers`, { headers: { authorization: SANDBOX_ACCOUNT.apiKey } });
  await response.arrayBuffer();
  return response.status;
};
const takeLock = async (): Promise<SessionLock | undefined> => {
  if (!lock.free) return undefined;
  lock = { free: false, lost: new AbortController() };
  return {
    lost: lock.lost.signal,
    release: async () => {
      lock.free = true;
    },
  };
};
const make = (): LocalSandbox =>
  localSandbox({
    clock: systemClock,
    log: createLog({ level: 'silent' }),
    folder: join(folder, 'sandbox'),
    lock: takeLock,
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'textwright-local-sandbox-'));
  lock = { free: true, lost: new AbortController() };
  local = make();
});
afterEach(async () => {
  await local.close();
  rmSync(folder, { recursive: true });
});

describe('the sandbox of an installation', () => {
  it('is started once, also when asked for twice at the same instant', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    expect(second).toBe(first);
    expect(await statusOf(first?.baseUrl)).toBe(200);
    expect(readdirSync(join(folder, 'sandbox'))).toEqual(['acc_00000000000070008000000000000001.jsonl']);
  });

  it('is not started while somebody else has the lock', async () => {
    lock.free = false;
    expect(await open()).toBeUndefined();
    lock.free = true;
    expect(await open()).toBeDefined();
  });

  it('comes back where it was, and elsewhere when that port is taken', async () => {
    const first = await open();
    await local.close();
    local = make();
    const again = await open(first?.baseUrl);
    expect(again?.baseUrl).toBe(first?.baseUrl);
    await local.close();

    const other = createServer();
    const port = Number(new URL(first?.baseUrl ?? '').port);
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    local = make();
    const moved = await open(first?.baseUrl);
    expect(moved?.baseUrl).not.toBe(first?.baseUrl);
    expect(await statusOf(moved?.baseUrl)).toBe(200);
    await new Promise((resolve) => other.close(resolve));
  });

  it('stops with its lock, and begins anew when it gets it back', async () => {
    const first = await open();
    lock.lost.abort();
    const again = await open(first?.baseUrl);
    expect(again).not.toBe(first);
    expect(again?.baseUrl).toBe(first?.baseUrl);
    expect(await statusOf(again?.baseUrl)).toBe(200);
  });

  it('lets go of the lock when it cannot be started, and at the end', async () => {
    await expect(open('http://127.0.0.1:99999999')).rejects.toThrow();
    expect(lock.free).toBe(true);
    await open();
    await local.close();
    expect(lock.free).toBe(true);
    expect(await open()).toBeUndefined();
  });
});
