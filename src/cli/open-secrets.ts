import type { Config } from '../platform/config.ts';
import { systemRandom as random } from '../platform/random.ts';
import { installationKey, type Secrets, secretsWithKey } from '../platform/secrets.ts';

/** With the key of this installation, as the server has it. */
export async function openSecrets({ secretKey, dataDir }: Config): Promise<Secrets> {
  return secretsWithKey(await installationKey({ configured: secretKey, dataDir, random }), random);
}
