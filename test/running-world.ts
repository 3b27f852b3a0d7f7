import { type DemoClient, demoClient } from '../src/demo/demo-client.ts';
import type { SandboxOptions } from '../src/gateways/sandbox/options.ts';
import { type Sandbox, startSandbox } from '../src/gateways/sandbox/sandbox.ts';
import { type Running, start } from '../src/main.ts';
import { type WarpClock, warpClock } from '../src/platform/clock.ts';
import { parseConfig } from '../src/platform/config.ts';
import type { Database } from '../src/platform/database.ts';
import { createLog } from '../src/platform/log.ts';
import { systemRandom } from '../src/platform/random.ts';
import { type Secrets, secretsWithKey } from '../src/platform/secrets.ts';
import { instant } from '../src/platform/time.ts';
import { API_KEY, NUMBERS } from './sending-world.ts';
import { testFolder } from './test-folder.ts';
import { whenOver } from './when-over.ts';

/** The whole program on its port, with the sandbox as its outside world, for one test file. Without a database it makes its own. */
export interface RunningWorld {
  readonly url: string;
  readonly running: Running;
  readonly sandbox: Sandbox;
  readonly clock: WarpClock;
  /** What the program has sealed can be opened. */
  readonly secrets: Secrets;
  /** Signed in as the owner. */
  readonly client: DemoClient;
  until<T>(what: string, find: () => Promise<T | undefined | false>): Promise<T>;
}

export const OWNER = { name: 'Dana Ortiz', email: 'dana@example.com', password: 'correct horse battery' } as const;
const UNTIL_MS_MAX = 40_000;
const KEY = Buffer.alloc(32, 7);
/** For programs that are run beside it. */
export const SECRET_KEY = KEY.toString('base64');

export async function runningWorld(
  database: Pick<Database, 'connectionString'> | undefined,
  options: {
    readonly factor?: number;
    readonly startsAt?: string;
    readonly sandbox?: Partial<SandboxOptions>;
    readonly setUp?: boolean;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<RunningWorld> {
  const dataDir = await testFolder();
  const clock = warpClock({
    startsAt: instant(options.startsAt ?? '2026-11-17T15:00:00Z'),
    factor: options.factor ?? 600,
  });
  const sandbox = await startSandbox({
    clock,
    seed: 7,
    accounts: [{ apiKey: API_KEY, numbers: NUMBERS }],
    people: { landlineShare: 0, unreachableShare: 0, replyShare: 0 },
    faults: {},
    ...options.sandbox,
  });
  const config = parseConfig(
    {
      DATABASE_URL: database?.connectionString,
      TEXTWRIGHT_DATA_DIR: dataDir,
      TEXTWRIGHT_SECRET_KEY: SECRET_KEY,
      PORT: '0',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      ...options.env,
    },
    dataDir,
  );
  const running = await start({
    config,
    role: 'all',
    clock,
    log: createLog({ level: config.logLevel }),
    engine: { leaseMs: 3_000, settleGraceMs: 25_000, windowMarginMs: 0 },
  });
  const { url } = running;
  if (url === undefined) throw new Error('the server did not listen');
  whenOver(async () => {
    await running.close();
    await sandbox.close();
  });
  const client = demoClient(url);
  if (options.setUp !== false)
    await client.send('POST', '/v1/setup', { ...OWNER, businessName: 'Acme Concrete', zone: 'America/New_York' });
  return {
    url,
    running,
    sandbox,
    clock,
    secrets: secretsWithKey(KEY, systemRandom),
    client,
    async until(what, find) {
      const giveUpAt = performance.now() + UNTIL_MS_MAX;
      for (;;) {
        const found = await find();
        if (found !== undefined && found !== false) return found;
        if (performance.now() > giveUpAt) throw new Error(`still not true after ${UNTIL_MS_MAX} ms: ${what}`);
        await clock.sleep(25 * clock.factor);
      }
    },
  };
}
