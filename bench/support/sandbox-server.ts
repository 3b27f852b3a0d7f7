import { startSandbox } from '../../src/gateways/sandbox/sandbox.ts';
import { warpClock } from '../../src/platform/clock.ts';
import { instant } from '../../src/platform/time.ts';
import { API_KEY } from './people.ts';

/**
 * The sandbox in a process of its own, its limit of requests lifted and its network perfect: `node sandbox-server.ts <now> <phone>`.
 * Nobody has asked for webhooks, so that it posts none.
 */
const [now = '', phone = ''] = process.argv.slice(2);
const sandbox = await startSandbox({
  clock: warpClock({ startsAt: instant(now), factor: 1 }),
  seed: 7,
  accounts: [{ apiKey: API_KEY, numbers: [{ id: 'PNsandbox', phone, name: 'Bench' }] }],
  people: { landlineShare: 0, unreachableShare: 0, replyShare: 0 },
  limits: { requestsPerSecond: Number.POSITIVE_INFINITY },
  faults: {},
});
process.send?.({ url: sandbox.url });
process.once('message', async () => {
  process.send?.({ accepted: sandbox.accepted().length });
  await sandbox.close();
  process.disconnect();
});
