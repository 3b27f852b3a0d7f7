import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import { type DemoClient, demoClient } from '../src/demo/demo-client.ts';
import type { SandboxOptions } from '../src/gateways/sandbox/options.ts';
import { type Sandbox, startSandbox } from '../src/gateways/sandbox/sandbox.ts';
import { type Clock, systemClock } from '../src/platform/clock.ts';
import type { Database } from '../src/platform/database.ts';
import { type NewUuid, type Uuid, uuidSource } from '../src/platform/ids.ts';
import { systemRandom } from '../src/platform/random.ts';
import { type Secrets, secretsWithKey } from '../src/platform/secrets.ts';
import { instant, msBetween } from '../src/platform/time.ts';
import type { EngineOptions } from '../src/sending/engine.ts';
import { insertAccount } from './fixtures.ts';
import { type Processes, productProcesses } from './processes.ts';
import { OWNER } from './running-world.ts';
import { shiftedClock } from './shifted-clock.ts';

/**
 * Sending as in production, for one test: the sandbox over HTTP, real worker processes, and the API where a test asks for it. Time
 * runs at its real speed, from a Tuesday at ten in New York on. Nothing else runs in the process of the sandbox: a server of Node takes
 * one new connection per turn of its loop, and a gateway that is slower than the grace time of settling breaks every promise.
 */
export interface ProcessWorld {
  readonly database: Database;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly secrets: Secrets;
  readonly sandbox: Sandbox;
  readonly processes: Processes;
  /** The sandbox's accounts in our tables, caps lifted: all their sender numbers. */
  connectAccounts(): Promise<readonly Uuid[]>;
  /** Starts the server that people and webhooks speak to, and connects the sandbox's accounts to it; signed in as the owner. */
  openOffice(): Promise<DemoClient>;
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void>;
}

/** A request that is under way lives up to 15 seconds, and begins within 5 of its intent. */
const SETTLE_GRACE_MS = 21_000;
const UNTIL_MS_MAX = 400_000;
const DAILY_CAP = 1_000_000;
const KEY = Buffer.alloc(32, 7);

export async function processWorld(
  database: Database,
  options: {
    readonly accounts: number;
    readonly ratePerSecond: number;
    readonly sandbox?: Partial<SandboxOptions>;
    readonly engine?: Partial<EngineOptions>;
  },
): Promise<ProcessWorld> {
  const shiftMs = msBetween(systemClock.now(), instant('2026-11-17T15:00:00Z'));
  const clock = shiftedClock(shiftMs);
  const newUuid = uuidSource({ clock, random: systemRandom });
  const secrets = secretsWithKey(KEY, systemRandom);
  const accounts = Array.from({ length: options.accounts }, (_, index) => sandboxAccount(index));
  const sandbox = await startSandbox({
    clock,
    seed: 7,
    accounts,
    people: { landlineShare: 0, unreachableShare: 0, replyShare: 0 },
    faults: {},
    limits: { requestsPerSecond: Number.POSITIVE_INFINITY },
    ...options.sandbox,
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'textwright-processes-'));
  const env = {
    DATABASE_URL: database.connectionString,
    DATABASE_CONNECTIONS: '8',
    TEXTWRIGHT_DATA_DIR: dataDir,
    TEXTWRIGHT_SECRET_KEY: KEY.toString('base64'),
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    PORT: '0',
  };
  const engine = { leaseMs: 2_000, settleGraceMs: SETTLE_GRACE_MS, ...options.engine };
  const processes = productProcesses({ env, shiftMs, engine });
  onTestFinished(async () => {
    await processes.killAll();
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return {
    database,
    clock,
    newUuid,
    secrets,
    sandbox,
    processes,
    async connectAccounts() {
      const laneIds: Uuid[] = [];
      for (const { apiKey, numbers } of accounts) {
        const account = await insertAccount(
          database.db,
          { clock, newUuid, secrets },
          {
            baseUrl: sandbox.url,
            apiKey,
            ratePerSecond: options.ratePerSecond,
            lanes: numbers.map(({ id, phone }) => ({ gatewayRef: id, phone, dailyCap: DAILY_CAP })),
          },
        );
        laneIds.push(...account.laneIds);
      }
      return laneIds;
    },
    async openOffice() {
      const client = demoClient(await processes.startApi());
      await client.send('POST', '/v1/setup', { ...OWNER, businessName: 'Acme Concrete', zone: 'America/New_York' });
      for (const [index, { apiKey }] of accounts.entries())
        await client.send(
          'POST',
          '/v1/accounts',
          { kind: 'quo', name: `Office ${index}`, apiKey, baseUrl: sandbox.url },
          `connect-${index}`,
        );
      await sql`update lane set daily_cap = ${DAILY_CAP}`.execute(database.db);
      await sql`update gateway_account set rate_per_second = ${options.ratePerSecond}`.execute(database.db);
      return client;
    },
    async until(what, holds) {
      const giveUpAt = performance.now() + UNTIL_MS_MAX;
      while (!(await holds())) {
        if (performance.now() > giveUpAt) throw new Error(`still not true after ${UNTIL_MS_MAX} ms: ${what}`);
        await systemClock.sleep(50);
      }
    },
  };
}

/** Process ids of the workers that hold an account now. */
export async function holders({
  database,
  clock,
}: Pick<ProcessWorld, 'database' | 'clock'>): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ pid: string }>`
    select split_part(owner, ':', 2) as pid from account_lease where expires_at > ${clock.now()}`.execute(database.db);
  return new Set(rows.map((row) => Number(row.pid)));
}

/** Numbers that are nobody's among the people of `testPhones`. */
const sandboxAccount = (index: number) => ({
  apiKey: `test-key-${index}`,
  numbers: [1, 2].map((number) => ({
    id: `PNtest${index}${number}`,
    phone: `+150855501${index}${number}`,
    name: `Number ${index}.${number}`,
  })),
});
