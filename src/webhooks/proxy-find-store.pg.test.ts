import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { hookServer } from '../../test/hook-server.ts';
import { NOW, proxyWorld } from '../../test/proxy-world.ts';
import { runTx } from '../platform/database.ts';
import { firstUuidAt } from '../platform/ids.ts';
import { addMs, DAY_MS, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import { lateQuery, takeTargetCursor } from './proxy-find-store.ts';

/** Two accounts, each with an event every ten milliseconds of ten minutes. */
const EVENTS = 60_000;

it('looks for late events among those of its own account of the last minute', { timeout: 120_000 }, async () => {
  const world = await proxyWorld();
  const other = await world.newAccount(2);
  const { target } = await world.add(await hookServer());
  const until = addMs(NOW, 10 * MINUTE_MS);
  for (const accountId of [world.account.id, other.id])
    await sql`
      insert into gateway_event (id, account_id, event_id, type, payload, headers, received_at, state, attempts, applied_at)
      select (lpad(to_hex(${NOW.epochMilliseconds}::bigint + n * 10), 12, '0') || '7000' || substr(${accountId}::text, 20, 4) || lpad(to_hex(n), 12, '0'))::uuid,
        ${accountId}::uuid, 'EV' || n, 'message.delivered', '{}', '{}', ${NOW}, 'applied', 1, ${NOW}
      from generate_series(1, ${EVENTS}::int) n`.execute(world.db);
  await sql`insert into webhook_proxy_delivery (target_id, event_id, state, created_at, finished_at)
    select ${target.id}::uuid, id, 'delivered', ${NOW}, ${NOW} from gateway_event where account_id = ${world.account.id}`.execute(
    world.db,
  );
  await sql`analyze gateway_event, webhook_proxy_delivery`.execute(world.db);
  const plan = await runTx(world.db, async (tx) => {
    const cursor = await takeTargetCursor(tx, target.id, 1);
    if (cursor === undefined) throw new Error('no target');
    const at = until.epochMilliseconds;
    const query = lateQuery(
      { ...cursor, cursorId: firstUuidAt(at) },
      {
        fromId: firstUuidAt(at - MINUTE_MS),
        spooledFromId: firstUuidAt(at - 7 * DAY_MS),
        isFar: false,
        now: addMs(until, SECOND_MS),
      },
    );
    const { rows } = await sql<Record<string, string>>`explain (analyze, timing off, summary off) ${query}`.execute(tx);
    return rows.flatMap((row) => Object.values(row)).join('\n');
  });
  expect(plan).toContain('gateway_event_account');
  expect(plan).not.toContain('Seq Scan on gateway_event');
  const [, rowsRead = ''] = /gateway_event_account on gateway_event.*?actual rows=([\d.]+)/.exec(plan) ?? [];
  expect(Number(rowsRead)).toBeGreaterThan(5_000);
  expect(Number(rowsRead)).toBeLessThan(7_000);
});
