import { sql } from 'kysely';
import pg from 'pg';
import type { Db, Tx } from './database.ts';
import type { Log } from './log.ts';

/**
 * Wake-up calls between processes over LISTEN/NOTIFY: `topic` says what changed ("campaign:<uuid>", "inbox", "engine"). They carry
 * no data and may be lost (a reconnect calls every listener once), so whoever is woken reads the tables.
 */
export interface Live {
  /** Calls `listener` for every topic that equals `topic` or starts with it and a colon. Returns the way to stop. */
  subscribe(topic: string, listener: (topic: string) => void): () => void;
  close(): Promise<void>;
}

/** For statements that tell of what they write. */
export const LIVE_CHANNEL = 'textwright_live';

/** Told to the others when this transaction commits; equal topics of one transaction are told once. */
export async function notifyLive(tx: Tx | Db, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return;
  await sql`select pg_notify(${LIVE_CHANNEL}, topic) from unnest(${topics}::text[]) as topic`.execute(tx);
}

const RECONNECT_DELAY_MS = 500;
const CONNECT_WITHIN_MS = 10_000;

export async function openLive(options: { readonly connectionString: string; readonly log: Log }): Promise<Live> {
  const listeners = new Set<{ readonly topic: string; readonly call: (topic: string) => void }>();
  let closed = false;
  let client: pg.Client | undefined;

  const tell = (topic: string): void => {
    for (const listener of listeners)
      if (topic === listener.topic || topic.startsWith(`${listener.topic}:`)) listener.call(topic);
  };
  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: options.connectionString,
      application_name: 'textwright-live',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
    });
    next.on('notification', (message) => tell(message.payload ?? ''));
    next.on('error', (error) => options.log.warn({ error }, 'live connection lost'));
    try {
      await next.connect();
      await next.query(`listen ${LIVE_CHANNEL}`);
    } catch (error) {
      await next.end().catch(() => undefined);
      throw error;
    }
    client = next;
    if (closed) return next.end();
    // Only now: a connection that was never made ends too, and each end would start one more way of reconnecting.
    next.once('end', () => void reconnect());
  };
  const reconnect = async (): Promise<void> => {
    for (let connected = false; !connected && !closed; ) {
      await new Promise<void>((resolve) => setTimeout(resolve, RECONNECT_DELAY_MS).unref());
      if (closed) return;
      try {
        await connect();
        connected = true;
      } catch (error) {
        options.log.warn({ error }, 'live connection cannot be made again yet');
      }
    }
    for (const listener of listeners) listener.call(listener.topic);
  };

  await connect();
  return {
    subscribe(topic, call) {
      const entry = { topic, call };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    async close() {
      closed = true;
      await client?.end();
    },
  };
}
