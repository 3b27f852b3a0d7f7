import { type Role, start } from '../../src/main.ts';
import { warpClock } from '../../src/platform/clock.ts';
import { parseConfig } from '../../src/platform/config.ts';
import { instantFromMs } from '../../src/platform/time.ts';
import { SECRET_KEY } from './world.ts';

/**
 * The product in a process of its own, as a server for people and webhooks (`api`) or as a worker:
 * `node product-process.ts <role> <database> <ahead> <folder>`, its clock so many milliseconds ahead of the machine's: the clocks of several of them
 * show the same. Tells its address, and at its end how long it has computed.
 */
const [role = '', connectionString = '', ahead = '', folder = ''] = process.argv.slice(2);
const running = await start({
  config: parseConfig(
    {
      DATABASE_URL: connectionString,
      TEXTWRIGHT_DATA_DIR: folder,
      TEXTWRIGHT_SECRET_KEY: Buffer.from(SECRET_KEY).toString('base64'),
      PORT: '0',
      LOG_LEVEL: 'error',
    },
    folder,
  ),
  role: role as Role,
  clock: warpClock({ startsAt: instantFromMs(Date.now() + Number(ahead)), factor: 1 }),
});
process.send?.({ url: running.url });
process.once('message', async () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system });
  await running.close();
  process.disconnect();
});
