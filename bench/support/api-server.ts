import { start } from '../../src/main.ts';
import { warpClock } from '../../src/platform/clock.ts';
import { parseConfig } from '../../src/platform/config.ts';
import { instant } from '../../src/platform/time.ts';
import { SECRET_KEY } from './world.ts';

/** The product as a server for people (`serve --role api`) on its own port and in a process of its own: `node api-server.ts <database> <now> <folder>`. */
const [connectionString = '', now = '', folder = ''] = process.argv.slice(2);
const running = await start({
  config: parseConfig(
    {
      DATABASE_URL: connectionString,
      TEXTWRIGHT_DATA_DIR: folder,
      TEXTWRIGHT_SECRET_KEY: Buffer.from(SECRET_KEY).toString('base64'),
      PORT: '0',
      LOG_LEVEL: 'error',
      WEBHOOKS_PER_SECOND: '1000000',
    },
    folder,
  ),
  role: 'api',
  clock: warpClock({ startsAt: instant(now), factor: 1 }),
});
process.send?.({ url: running.url });
process.once('message', async () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system });
  await running.close();
  process.disconnect();
});
