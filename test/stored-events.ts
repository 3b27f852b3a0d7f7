import { sql } from 'kysely';
import type { Db } from '../src/platform/database.ts';
import { firstUuidAt, type NewUuid, type Uuid } from '../src/platform/ids.ts';
import { secretsWithKey } from '../src/platform/secrets.ts';
import { instant } from '../src/platform/time.ts';
import type { EventState } from '../src/webhooks/event-filter.ts';
import { insertAccount } from './fixtures.ts';
import type { testWorld } from './world.ts';

export interface StoredFixture {
  readonly at: string;
  readonly type?: string;
  readonly phone?: string | null;
  readonly accountId?: Uuid;
  readonly state?: EventState;
  readonly error?: string;
  readonly payload?: string;
  readonly appliedAfterMs?: number;
}

/** Stored events, written the shortest way. Their ids are as old as they are. */
export async function storedEvents(db: Db, world: ReturnType<typeof testWorld>) {
  const secrets = secretsWithKey(new Uint8Array(32).fill(7), world.random);
  const account = (phone: string) =>
    insertAccount(
      db,
      { ...world, secrets },
      {
        baseUrl: 'http://127.0.0.1:1',
        apiKey: 'key',
        webhookSecret: 'c2VjcmV0',
        lanes: [{ gatewayRef: `PN${phone}`, phone }],
      },
    );
  const { id: accountId } = await account('+16175550001');
  let made = 0;
  return {
    accountId,
    account,
    async put(event: StoredFixture): Promise<Uuid> {
      made += 1;
      const { at, type = 'message.delivered', phone = null, state = 'applied', error = null, payload = '{}' } = event;
      const id = idAt(at, world.newUuid);
      const appliedMs = state === 'applied' ? instant(at).epochMilliseconds + (event.appliedAfterMs ?? 100) : null;
      await sql`
        insert into gateway_event (id, account_id, event_id, type, phone, order_key, payload, headers, received_at, state, attempts, error, applied_at)
        values (${id}, ${event.accountId ?? accountId}, ${`EV${made}`}, ${type}, ${phone}, ${phone}, ${payload}, '{"user-agent": "Quo"}', ${at},
          ${state}, ${state === 'received' ? 0 : 1}, ${error}, to_timestamp(${appliedMs}::double precision / 1000))`.execute(
        db,
      );
      return id;
    },
    /** As many delivered receipts, one a second. */
    async fill(count: number, from: string): Promise<void> {
      await sql`
        insert into gateway_event (id, account_id, event_id, type, payload, headers, received_at, state, attempts, applied_at)
        select (lpad(to_hex(${instant(from).epochMilliseconds}::bigint + n * 1000), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
          ${accountId}::uuid, 'fill' || ${from}::text || n, 'message.delivered', '{}', '{}', ${from}::timestamptz + n * interval '1 second', 'applied', 1,
          ${from}::timestamptz + n * interval '1 second' from generate_series(1, ${count}::int) n`.execute(db);
      await sql`analyze gateway_event`.execute(db);
    },
  };
}

const idAt = (at: string, newUuid: NewUuid): Uuid =>
  firstUuidAt(instant(at).epochMilliseconds).slice(0, 13) + newUuid().slice(13);
