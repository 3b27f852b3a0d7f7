import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { inboxFixture } from '../conversations/inbox.fixture.ts';
import type { CallFacts, GatewayEvent } from '../gateways/gateway.ts';
import { runTx } from '../platform/database.ts';
import { applyContent } from './apply-content.ts';

const { db } = await testDatabase();
const world = testWorld();
const fixture = await inboxFixture(db, world.newUuid);
const { rows } = await sql<{ id: string }>`select id from gateway_account`.execute(db);
const account = { id: rows[0]?.id ?? '', kind: 'quo', environment: 'sandbox' } as const;
const phone = '+16175550123';
await fixture.contact({ phone });

const call: CallFacts = {
  gatewayCallId: 'AC1',
  laneRef: undefined,
  direction: 'inbound',
  participants: [phone, '+16175550100'],
  startedAt: undefined,
  answeredAt: undefined,
  endedAt: undefined,
  durationSeconds: undefined,
  forwardedTo: undefined,
  status: undefined,
};
const seen = async (table: string): Promise<number> =>
  (await sql`select 1 from ${sql.table(table)}`.execute(db)).rows.length;

/** Any event by its content; the rest is the envelope's. */
const apply = (content: Record<string, unknown>) =>
  runTx(db, (tx) =>
    applyContent(tx, world, { account }, {
      eventId: 'EV1',
      at: world.clock.now(),
      ...content,
    } as unknown as GatewayEvent),
  );

it.each<[string, Record<string, unknown>, string, number]>([
  ['a summary', { type: 'call_summary', call, status: 'completed', summary: ['x'], nextSteps: [] }, 'call_summary', 1],
  ['a transcript', { type: 'call_transcript', call, status: 'completed', lines: [] }, 'call_transcript', 1],
  ['a recording', { type: 'call_recording', call, recordings: [{ ref: 'R1' }] }, 'call_recording', 1],
  ['a voicemail', { type: 'call_voicemail', call, voicemail: {} }, 'conversation', 1],
  ['the course of a call', { type: 'call_progress', step: 'missed', call, recordings: [] }, 'call', 1],
  [
    'a person of the address book',
    { type: 'contact_updated', gatewayContactId: 'CT1', phones: [phone], emails: [] },
    'contact_gateway_ref',
    1,
  ],
  ['that they left it', { type: 'contact_deleted', gatewayContactId: 'CT1' }, 'contact_gateway_ref', 0],
  [
    'a text',
    { type: 'message_received', gatewayMessageId: 'M1', from: phone, to: ['+16175550100'], text: 'Hi', media: [] },
    'message',
    1,
  ],
  [
    'a text that was sent from elsewhere',
    { type: 'message_sent', gatewayMessageId: 'M2', from: '+16175550100', to: [phone], text: 'Hi', media: [] },
    'message',
    2,
  ],
])('%s has its effect', async (_case, content, table, count) => {
  await apply(content);
  expect(await seen(table)).toBe(count);
});
