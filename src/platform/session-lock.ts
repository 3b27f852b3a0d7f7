import pg from 'pg';

/** Held by this process until it is released or its connection breaks; no other process on the database has it meanwhile. */
export interface SessionLock {
  /** Aborts when the connection breaks: another process may take the lock from then on. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

const CONNECT_WITHIN_MS = 10_000;

/** `undefined` when another process has the lock of this name. Not of the pool: the lock lives and dies with its connection. */
export async function trySessionLock(options: {
  readonly connectionString: string;
  readonly name: string;
}): Promise<SessionLock | undefined> {
  const client = new pg.Client({
    connectionString: options.connectionString,
    application_name: `textwright-${options.name}`,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  });
  const lost = new AbortController();
  client.on('error', () => lost.abort());
  client.on('end', () => lost.abort());
  const key = [`lock ${options.name}`];
  try {
    await client.connect();
    const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as locked', key);
    if (rows[0]?.locked === true) return { lost: lost.signal, release: () => release(client, { lost, key }) };
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return undefined;
}

/** Unlocked by name: a session that is only told to end may hold its locks for a moment longer. */
async function release(
  client: pg.Client,
  { lost, key }: { readonly lost: AbortController; readonly key: readonly string[] },
): Promise<void> {
  if (lost.signal.aborted) return;
  await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [...key]).catch(() => undefined);
  await client.end().catch(() => undefined);
}
