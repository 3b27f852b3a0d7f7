import { sql } from 'kysely';
import { newConnection } from '../../src/platform/database.ts';
import type { Uuid } from '../../src/platform/ids.ts';
import { type BenchWorld, tidy } from './world.ts';

/**
 * What the engine's speed is compared with: a loop that claims pending rows with `skip locked` and updates them to sent, and does
 * nothing else. It runs on a twin of the enrollment table (the same columns, checks, indexes and rows; the index of the claim is one in
 * the loop's own order) without triggers and foreign keys, with statements that are prepared once.
 */
export interface BareLoop {
  /** A claim of many, committed, then each row updated as its own answer comes, ten beside each other: rows per second. */
  claimThenUpdateEach(rows: number): Promise<number>;
  /** The same, but the answers of a claim are gathered and written by one statement. */
  claimThenUpdate(rows: number): Promise<number>;
  /** Claim and update in one transaction, for work that is done by then. */
  claimAndUpdate(rows: number): Promise<number>;
  close(): Promise<void>;
}

const ANSWERS_AT_ONCE = 10;

export async function openBareLoop(
  world: BenchWorld,
  { campaignId, laneId, batch }: { readonly campaignId: Uuid; readonly laneId: Uuid; readonly batch: number },
): Promise<BareLoop> {
  await world.tx(async (tx) => {
    await sql`create table bare_enrollment (like enrollment including all)`.execute(tx);
    const { rows } = await sql<{ name: string }>`
      select indexname as name from pg_indexes where tablename = 'bare_enrollment' and indexdef like '%zone_group%'`.execute(
      tx,
    );
    for (const { name } of rows) await sql`drop index ${sql.ref(name)}`.execute(tx);
    await sql`create index bare_claim on bare_enrollment (campaign_id, not_before, id) where state = 'pending'`.execute(
      tx,
    );
    await sql`insert into bare_enrollment select * from enrollment where campaign_id = ${campaignId} and state = 'pending'`.execute(
      tx,
    );
  });
  await tidy(world, ['bare_enrollment']);
  const open = async () => {
    const client = newConnection({ connectionString: world.database.connectionString, applicationName: 'bench-bare' });
    // Ended with the server when the bench fails, whose error is the one to be told.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const client = await open();
  const others = await Promise.all(Array.from({ length: ANSWERS_AT_ONCE }, open));
  const pick = `select id from bare_enrollment where campaign_id = $1 and state = 'pending' order by not_before, id limit $2 for update skip locked`;
  const ids = (rows: readonly { readonly id: Uuid }[]): readonly Uuid[] => rows.map(({ id }) => id);
  const send = (claimed: readonly Uuid[]) =>
    client.query({
      name: 'send',
      text: `update bare_enrollment set state = 'sent', sent_at = $2, lane_id = $3 where id = any($1::uuid[])`,
      values: [claimed, world.clock.now(), laneId],
    });
  const sendEach = async (connection: typeof client, claimed: Iterator<Uuid>): Promise<void> => {
    const text = `update bare_enrollment set state = 'sent', sent_at = $2, lane_id = $3 where id = $1`;
    for (let next = claimed.next(); next.done !== true; next = claimed.next())
      await connection.query({ name: 'send one', text, values: [next.value, world.clock.now(), laneId] });
  };
  const claimFirst = async (): Promise<readonly Uuid[]> => {
    const text = `update bare_enrollment e set state = 'handing_over' from (${pick}) due where e.id = due.id returning e.id`;
    return ids((await client.query({ name: 'claim', text, values: [campaignId, batch] })).rows);
  };
  const timed = async (rows: number, claim: () => Promise<readonly Uuid[]>): Promise<number> => {
    const startedAt = performance.now();
    let done = 0;
    while (done < rows) {
      const claimed = await claim();
      if (claimed.length === 0) throw new Error('the bare loop has nothing left to claim');
      done += claimed.length;
    }
    return (done * 1_000) / (performance.now() - startedAt);
  };
  return {
    claimThenUpdateEach: (rows) =>
      timed(rows, async () => {
        const claimed = await claimFirst();
        const queue = claimed.values();
        await Promise.all(others.map((connection) => sendEach(connection, queue)));
        return claimed;
      }),
    claimThenUpdate: (rows) =>
      timed(rows, async () => {
        const claimed = await claimFirst();
        await send(claimed);
        return claimed;
      }),
    claimAndUpdate: (rows) =>
      timed(rows, async () => {
        await client.query('begin');
        const claimed = ids((await client.query({ name: 'pick', text: pick, values: [campaignId, batch] })).rows);
        await send(claimed);
        await client.query('commit');
        return claimed;
      }),
    close: async () => void (await Promise.all([client, ...others].map((one) => one.end()))),
  };
}
