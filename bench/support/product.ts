import { z } from 'zod';
import { type DemoClient, demoClient } from '../../src/demo/demo-client.ts';
import { type Child, startChild } from './child.ts';
import type { BenchWorld } from './world.ts';

const hello = z.object({ url: z.string().optional() });

/** The product on the database of a bench, by the clock of the bench; `url` is that of the server for people and webhooks. */
export async function openProduct(
  { clock, database, folder }: BenchWorld,
  role: 'api' | 'worker',
): Promise<Child & { readonly url: string }> {
  const ahead = String(clock.now().epochMilliseconds - Date.now());
  const child = startChild('product-process.ts', [role, database.connectionString, ahead, folder], role);
  const { url = '' } = hello.parse(await child.told());
  return { ...child, url };
}

/** Sets a new database up, and is signed in as its owner. */
export async function ownerOf({ url }: { readonly url: string }): Promise<DemoClient> {
  const client = demoClient(url);
  await client.send('POST', '/v1/setup', {
    name: 'Bench',
    email: 'bench@example.com',
    password: 'correct horse battery',
    businessName: 'Bench',
    zone: 'America/New_York',
  });
  return client;
}
