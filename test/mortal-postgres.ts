import { afterAll, beforeAll } from 'vitest';
import { type Database, openDatabase } from '../src/platform/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts';
import {
  cleanUp,
  dataDirIn,
  FAST,
  killServer,
  temporaryFolder,
} from '../src/platform/embedded-postgres-kit.fixture.ts';

/** A PostgreSQL of its own for one test file, which may be killed under everybody. Call at the top level of the file. */
export interface MortalPostgres {
  /** Once the file has begun. */
  database(): Database;
  /** kill -9 of the whole server. */
  kill(): Promise<void>;
  /** With what it had on the disk, at the same address. */
  start(): Promise<void>;
}

export function mortalPostgres(): MortalPostgres {
  let dataDir = '';
  let postgres: EmbeddedPostgres | undefined;
  let database: Database | undefined;
  const start = async (): Promise<EmbeddedPostgres> => {
    postgres = await startEmbeddedPostgres({ dataDir, settings: FAST });
    return postgres;
  };
  beforeAll(async () => {
    dataDir = dataDirIn(temporaryFolder());
    const { connectionString } = await start();
    database = openDatabase({
      connectionString,
      applicationName: 'test',
      maxConnections: 5,
      onIdleError: () => undefined,
    });
  });
  afterAll(async () => {
    await database?.close();
    await postgres?.close();
    await cleanUp();
  });
  return {
    database() {
      if (database === undefined) throw new Error('the database is there once the tests have begun');
      return database;
    },
    kill: () => killServer(dataDir),
    async start() {
      await start();
    },
  };
}
