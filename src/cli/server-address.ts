import { hostname } from 'node:os';
import { getLocalAddress } from '../business/local-address.ts';
import { getPublicAddress } from '../business/public-address.ts';
import type { Services } from '../services.ts';

export type AddressServices = Pick<Services, 'config' | 'database'>;

/**
 * Where the server of this installation is: as it wrote down itself, since it may have its settings from elsewhere and takes the next free
 * port when its own is taken; without a server, as it would be started from here.
 */
export async function serverAddress({ config, database: { db } }: AddressServices): Promise<{
  readonly publicUrl: () => string;
  readonly localUrl: () => string;
}> {
  const local = (await getLocalAddress(db, hostname())) ?? `http://${config.host}:${config.port}`;
  const known = config.publicUrl ?? (await getPublicAddress(db)) ?? local;
  return { publicUrl: () => known, localUrl: () => local };
}
