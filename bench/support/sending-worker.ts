import { quoGateway } from '../../src/gateways/quo/quo-gateway.ts';
import { warpClock } from '../../src/platform/clock.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { uuidSource } from '../../src/platform/ids.ts';
import { openLive } from '../../src/platform/live.ts';
import { createLog } from '../../src/platform/log.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { secretsWithKey } from '../../src/platform/secrets.ts';
import { instant } from '../../src/platform/time.ts';
import { startEngine } from '../../src/sending/engine.ts';
import { DEFAULT_HOLDER_OPTIONS } from '../../src/sending/holder.ts';
import { schemaCheck } from '../../test/schema-check.ts';
import { nullGateway } from './null-gateway.ts';
import { SECRET_KEY } from './world.ts';

/**
 * A worker in a process of its own, so that its memory is its own: `node sending-worker.ts <database> <now>`. An account at
 * `null:` is served by the null gateway, any other over HTTP. Drains and tells its greatest memory when its parent says so.
 */
const [connectionString = '', now = ''] = process.argv.slice(2);
const clock = warpClock({ startsAt: instant(now), factor: 1 });
const random = systemRandom;
const log = createLog({ level: process.env['BENCH_LOG_LEVEL'] ?? 'error' });
const database = openDatabase({ connectionString, applicationName: 'bench-worker', maxConnections: 20 });
const live = await openLive({ connectionString, log });
const engine = startEngine(
  {
    db: database.db,
    clock,
    newUuid: uuidSource({ clock, random }),
    log,
    live,
    requireSchema: schemaCheck(database.db),
    secrets: secretsWithKey(SECRET_KEY, random),
    openGateway: ({ baseUrl, apiKey }) =>
      baseUrl === 'null:' ? nullGateway() : quoGateway({ baseUrl, apiKey, clock, random, requestTimeoutMs: 15_000 }),
  },
  { ...DEFAULT_HOLDER_OPTIONS, owner: `bench-${process.pid}`, leaseMs: 15_000, lookMs: 1_000 },
);
process.once('message', async () => {
  await engine.drain();
  process.send?.({ maxRssBytes: process.resourceUsage().maxRSS * 1_024 });
  await live.close();
  await database.close();
  process.disconnect();
});
