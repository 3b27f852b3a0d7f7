import { whyAway } from '../open-database.ts';
import { installationKey, secretsWithKey } from '../platform/secrets.ts';
import { SECOND_MS } from '../platform/time.ts';
import type { Services } from '../services.ts';
import { openWaitingIntake } from '../webhooks/intake.ts';
import { accountMemory } from '../webhooks/known-accounts.ts';
import { type Spool, spoolFolder } from '../webhooks/spool.ts';
import type { Tally } from '../webhooks/tally.ts';
import { type Listening, listen } from './listen.ts';
import { waitingRoom } from './waiting-room.ts';
import { webhookDoor } from './webhook-door.ts';

/** What whoever starts the program does while its database is away. */
export interface Waiting {
  /** Ends the waiting, which throws its reason. */
  readonly signal: AbortSignal;
  /** Called once, when it begins. */
  told(about: { readonly url: string; readonly error: unknown }): void;
}

type WaitServices = Pick<Services, 'config' | 'clock' | 'random' | 'newUuid' | 'log' | 'webhookEdge'> & {
  readonly spool: Spool;
  readonly tally: Tally;
};

/** Real time. */
const LOOK_EVERY_MS = 2 * SECOND_MS;

/**
 * Returns as soon as the database answers, or refuses for a reason that waiting does not mend. When it was away, with the server that
 * has taken in webhooks meanwhile and goes on to do so until it is handed over.
 */
export async function waitForDatabase(services: WaitServices, waiting: Waiting): Promise<Listening | undefined> {
  const { clock, log } = services;
  const { databaseUrl } = services.config;
  // The embedded one is started by this process.
  if (databaseUrl === undefined) return undefined;
  let error = await whyAway(databaseUrl);
  if (error === undefined) return undefined;
  const server = await openWaitingRoom(services);
  log.warn(
    { error, url: server.url },
    'the database is away: this server waits for it, and keeps webhooks of accounts that it knows from before',
  );
  waiting.told({ url: server.url, error });
  while (error !== undefined) {
    await clock.rest(LOOK_EVERY_MS, waiting.signal);
    if (waiting.signal.aborted) {
      await server.close();
      throw waiting.signal.reason;
    }
    error = await whyAway(databaseUrl);
  }
  log.info('the database answers: this server goes on with its start');
  return server;
}

async function openWaitingRoom(services: WaitServices): Promise<Listening> {
  const { config, clock, random, newUuid, log, spool, tally } = services;
  const { secretKey: configured, dataDir } = config;
  const secrets = secretsWithKey(await installationKey({ configured, dataDir, random }), random);
  let url = `http://${config.host}:${config.port}`;
  const intake = await openWaitingIntake(
    { ...services, secrets, publicUrl: () => config.publicUrl ?? url, localUrl: () => url },
    {
      spool,
      tally,
      perSecond: config.webhooksPerSecond,
      memory: accountMemory({ folder: spoolFolder(dataDir), secrets, newUuid, log }),
    },
  );
  const room = waitingRoom({ door: webhookDoor({ intake, log, newUuid, config }), newUuid });
  const server = await listen(room, { host: config.host, port: config.port, clock, log });
  url = server.url;
  return server;
}
