import { z } from 'zod';
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
