import { sql } from 'kysely';
import { afterEach } from 'vitest';
import { quoGateway } from '../src/gateways/quo/quo-gateway.ts';
import type { SandboxOptions } from '../src/gateways/sandbox/options.ts';
import { type Sandbox, startSandbox } from '../src/gateways/sandbox/sandbox.ts';
import { type WarpClock, warpClock } from '../src/platform/clock.ts';
import type { Database, Db } from '../src/platform/database.ts';
import { type NewUuid, type Uuid, uuidSource } from '../src/platform/ids.ts';
import { type Live, openLive } from '../src/platform/live.ts';
import { createLog, type Log } from '../src/platform/log.ts';
import { type Random, seededRandom } from '../src/platform/random.ts';
import { type Secrets, secretsWithKey } from '../src/platform/secrets.ts';
import { instant } from '../src/platform/time.ts';
import type { Reach } from '../src/sending/crash-points.ts';
import { type Engine, type EngineOptions, startEngine } from '../src/sending/engine.ts';
import { schemaCheck } from './schema-check.ts';

/**
 * The real engine against the sandbox over HTTP, in a world whose clock runs fast. `until` waits for what a test expects of the
 * tables; what never comes true ends the test with the last state that was seen.
 */
export interface SendingWorld {
  readonly db: Db;
  readonly clock: WarpClock;
  readonly random: Random;
  readonly newUuid: NewUuid;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly live: Live;
  readonly sandbox: Sandbox;
  readonly requireSchema: () => Promise<void>;
  startWorker(name: string, options?: Partial<EngineOptions> & { readonly reach?: Reach }): Engine;
  until(what: string, holds: () => Promise<boolean>): Promise<void>;
  completed(campaignId: Uuid): Promise<boolean>;
}

export const API_KEY = 'test-key';
export const NUMBERS = [
  { id: 'PNtest01', phone: '+16175550001', name: 'One' },
  { id: 'PNtest02', phone: '+16175550002', name: 'Two' },
] as const;

const UNTIL_MS_MAX = 50_000;

export async function sendingWorld(
  database: Database,
  options: {
    readonly startsAt?: string;
    readonly factor?: number;
    readonly seed?: number;
    readonly sandbox?: Partial<SandboxOptions>;
  } = {},
): Promise<SendingWorld> {
  const seed = options.seed ?? 1;
  // A Tuesday at 10:00 in New York.
  const clock = warpClock({
    startsAt: instant(options.startsAt ?? '2026-11-17T15:00:00Z'),
    factor: options.factor ?? 120,
  });
  const random = seededRandom(seed);
  const logLines: string[] = [];
  const log = createLog({ level: 'warn', destination: { write: (line: string) => void logLines.push(line) } });
  const sandbox = await startSandbox({
    clock,
    seed,
    accounts: [{ apiKey: API_KEY, numbers: NUMBERS }],
    people: { landlineShare: 0, unreachableShare: 0, replyShare: 0 },
    faults: {},
    ...options.sandbox,
  });
  const live = await openLive({ connectionString: database.connectionString, log });
  const engines: Engine[] = [];
  const newUuid = uuidSource({ clock, random });
  const secrets = secretsWithKey(random.bytes(32), random);
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.drain()));
    await live.close();
    await sandbox.close();
  });
  const requireSchema = schemaCheck(database.db);
  const world = { db: database.db, clock, random, newUuid, secrets, log, live, sandbox, requireSchema };
  return {
    ...world,
    startWorker(name, { reach, ...engineOptions } = {}) {
      const engine = startEngine(
        {
          ...world,
          ...(reach === undefined ? {} : { reach }),
          openGateway: ({ baseUrl, apiKey }) => quoGateway({ baseUrl, apiKey, clock, random, requestTimeoutMs: 1_000 }),
        },
        {
          owner: name,
          leaseMs: 3_000,
          settleGraceMs: 7_000,
          guardAgainMs: 300,
          windowMarginMs: 0,
          idleMs: 2_000,
          lookMs: 1_000,
          ...engineOptions,
        },
      );
      engines.push(engine);
      return engine;
    },
    async until(what, holds) {
      const giveUpAt = performance.now() + UNTIL_MS_MAX;
      while (!(await holds())) {
        if (performance.now() > giveUpAt)
          throw new Error(
            `still not true after ${UNTIL_MS_MAX} ms: ${what}; ${await situation(database.db)}; logged:\n${logLines.slice(-20).join('')}`,
          );
        await clock.sleep(20 * clock.factor);
      }
    },
    async completed(campaignId) {
      const { rows } = await sql`select 1 from campaign where id = ${campaignId} and state = 'completed'`.execute(
        database.db,
      );
      return rows.length === 1;
    },
  };
}

/** What the tables say, for a test that waited in vain. */
async function situation(db: Db): Promise<string> {
  const { rows } = await sql<{ now: object }>`
    select jsonb_build_object(
      'messages', (select jsonb_object_agg(state, n) from (select state, count(*) as n from message group by 1) m),
      'enrollments', (select jsonb_object_agg(state, n) from (select state, count(*) as n from enrollment group by 1) e),
      'campaigns', (select jsonb_agg(jsonb_build_array(state, state_reason)) from campaign),
      'accounts', (select jsonb_agg(jsonb_build_array(state, state_reason, breaker_detail)) from gateway_account),
      'leases', (select jsonb_agg(to_jsonb(l)) from account_lease l)) as now`.execute(db);
  return JSON.stringify(rows[0]?.now);
}
