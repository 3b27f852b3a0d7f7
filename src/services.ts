import type { AccountRow } from './gateways/account.ts';
import type { Gateway, WebhookEdge } from './gateways/gateway.ts';
import type { Clock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { Database } from './platform/database.ts';
import type { NewUuid, Uuid } from './platform/ids.ts';
import type { Jobs } from './platform/jobs.ts';
import type { Live } from './platform/live.ts';
import type { Log } from './platform/log.ts';
import type { Random } from './platform/random.ts';
import type { Secrets } from './platform/secrets.ts';

/** What main.ts makes once and hands down. A use case names the fields it needs with `Pick`. */
export interface Services {
  readonly config: Config;
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly newUuid: NewUuid;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly jobs: Jobs;
  readonly live: Live;
  /** The adapter for one account, speaking to its `baseUrl` with its key. */
  readonly openGateway: OpenGateway;
  readonly webhookEdge: (kind: AccountRow['kind']) => WebhookEdge;
  /** The address under which this server is reached; known once it listens. */
  readonly publicUrl: () => string;
  /** The address of this server on its own machine; where a sandbox posts its events. */
  readonly localUrl: () => string;
  readonly openSandbox: OpenSandbox;
}

/**
 * The sandbox of this process, started unless it runs; the same object as long as it does. `undefined` when another process on the
 * database runs it. `accountId` names what it remembers, `baseUrl` is where it was before.
 */
export type OpenSandbox = (wanted: {
  readonly accountId: Uuid;
  readonly baseUrl: string | undefined;
}) => Promise<OpenedSandbox | undefined>;

export interface OpenedSandbox {
  readonly accountId: Uuid;
  readonly baseUrl: string;
  readonly apiKey: string;
}

export type OpenGateway = (
  account: Pick<AccountRow, 'kind' | 'baseUrl' | 'webhookRef'> & { readonly apiKey: string },
) => Gateway;
