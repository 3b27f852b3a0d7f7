import { start } from '../../src/main.ts';
import { warpClock } from '../../src/platform/clock.ts';
import { parseConfig } from '../../src/platform/config.ts';
import { instant } from '../../src/platform/time.ts';

/** The product as a server for people (`serve --role api`) on its own port and in a process of its own: `node api-server.ts <database> <now> <folder>`. */
const [connectionString = '', now = '', folder = ''] = process.argv.slice(2);
const running = await start({
  config: parseConfig(
    { DATABASE_URL: connectionString, TEXTWRIGHT_DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'error' },
    folder,
  ),
  role: 'api',
  clock: warpClock({ startsAt: instant(now), factor: 1 }),
});
process.send?.({ url: running.url });
process.once('message', async () => {
  await running.close();
  process.disconnect();
});
