/**
 * What the intake knows of the accounts, on the disk: a server that is started while there is no database can tell who signs for
 * whom. Sealed as a whole, so that nobody without the key of the installation can add an account or a key to it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { AccountRow } from '../gateways/account.ts';
import { GATEWAY_KINDS } from '../gateways/gateway.ts';
import type { NewUuid } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import type { Secrets } from '../platform/secrets.ts';
import { writeWholeFile } from '../platform/whole-file.ts';
import { UNFINISHED } from './spool.ts';

/** As much of an account as its webhooks need. */
export interface KnownAccount extends Pick<AccountRow, 'id' | 'kind' | 'environment' | 'webhookSecretsSealed'> {
  readonly ownNumbers: readonly string[];
}

export interface AccountMemory {
  /** Puts them down unless they are there already. What cannot be written is said in the log, and tried again with the next ones. */
  keep(accounts: readonly KnownAccount[]): Promise<void>;
  /** Those of the run before; none when there are none that can be read. */
  recall(): Promise<readonly KnownAccount[]>;
}

const FILE = 'accounts';

const remembered = z.object({
  version: z.literal(1),
  accounts: z.array(
    z.object({
      id: z.uuid(),
      kind: z.enum(GATEWAY_KINDS),
      environment: z.enum(['live', 'sandbox']),
      webhookSecretsSealed: z.array(z.string()),
      ownNumbers: z.array(z.string()),
    }),
  ),
});

/** In the folder of the spool, which clears away what a writer that was killed has left. */
export function accountMemory(deps: {
  readonly folder: string;
  readonly secrets: Pick<Secrets, 'seal' | 'open'>;
  readonly newUuid: NewUuid;
  readonly log: Log;
}): AccountMemory {
  const { folder, secrets, newUuid, log } = deps;
  const path = join(folder, FILE);
  let kept: string | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = async (json: string): Promise<void> => {
    try {
      await writeWholeFile({ path, draft: newUuid() + UNFINISHED, text: secrets.seal(json) });
    } catch (error) {
      kept = undefined;
      log.warn(
        { error },
        'the accounts are not kept on the disk: a server that starts without a database will not know them',
      );
    }
  };
  return {
    keep(accounts) {
      const json = JSON.stringify({ version: 1, accounts });
      if (json === kept) return writing;
      kept = json;
      // One after the other: what was read last stays.
      writing = writing.then(() => write(json));
      return writing;
    },
    async recall() {
      try {
        return remembered.parse(JSON.parse(secrets.open(await readFile(path, 'utf8')))).accounts;
      } catch (error) {
        log.warn({ error }, 'no accounts are known from before: what comes in is not kept on the disk');
        return [];
      }
    },
  };
}
