import type { Config } from '../platform/config.ts';
import { systemRandom } from '../platform/random.ts';
import { installationKey, type Secrets, secretsWithKey } from '../platform/secrets.ts';

/** The key of this installation, for the few commands that need it: it lies where the server's does. */
export async function openSecrets({ secretKey, dataDir }: Config): Promise<Secrets> {
  const key = await installationKey({ configured: secretKey, dataDir, random: systemRandom });
  return secretsWithKey(key, systemRandom);
}
