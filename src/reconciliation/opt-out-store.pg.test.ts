import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { instant } from '../platform/time.ts';
import { readStandings } from './opt-out-store.ts';

const { db } = await testDatabase();
const { newUuid } = testWorld();

/** What our books say of somebody of whom the gateway lists a STOP of 08:05. */
async function knownOf(phone: string): Promise<boolean> {
  const text = { gatewayMessageId: `MO${phone}`, createdAt: instant('2026-11-17T08:05:00Z') };
  const standings = await readStandings(db, [{ phone, text }]);
  return standings.get(text.gatewayMessageId)?.knownSince !== null;
}

const suppressed = (phone: string, lifted: { readonly at: string; readonly saidAt: string } | undefined) =>
  sql`insert into suppression (id, phone, reason, channel, evidence, created_at, lifted_at, lifted_evidence)
    values (${newUuid()}, ${phone}, 'opt_out', 'sms', '{}', '2026-11-01T00:00:00Z', ${lifted?.at ?? null},
      ${lifted === undefined ? null : JSON.stringify({ saidAt: lifted.saidAt })})`.execute(db);

it('a START that was heard late does not hide the STOP that came after it', async () => {
  await suppressed('+16175550101', { at: '2026-11-17T08:10:00Z', saidAt: '2026-11-17T08:00:00Z' });
  expect(await knownOf('+16175550101')).toBe(false);
  await suppressed('+16175550102', { at: '2026-11-17T08:10:00Z', saidAt: '2026-11-17T08:06:00Z' });
  expect(await knownOf('+16175550102')).toBe(true);
});

it('an erased number is known by its key', async () => {
  expect(await knownOf('+16175550103')).toBe(false);
  const { rows } = await sql<{ key: string }>`select number_key('+16175550103') as key`.execute(db);
  await suppressed(rows[0]?.key ?? '', undefined);
  expect(await knownOf('+16175550103')).toBe(true);
});
