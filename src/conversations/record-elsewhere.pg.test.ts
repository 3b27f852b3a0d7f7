import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount, insertContacts, launchTestCampaign } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import type { GatewayEvent } from '../gateways/gateway.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, MINUTE_MS } from '../platform/time.ts';
import { applyContent } from '../webhooks/apply-content.ts';

const OURS = '+16175550001';
const ANN = '+16175550101';

let database: Database;
let world: ReturnType<typeof testWorld>;
let account: { readonly id: Uuid; readonly laneIds: readonly Uuid[] };
beforeEach(async () => {
  database = await testDatabase();
  world = testWorld();
  account = await insertAccount(
    database.db,
    { ...world, secrets: secretsWithKey(world.random.bytes(32), world.random) },
    { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes: [{ gatewayRef: 'PNtest01', phone: OURS }] },
  );
});

/** Minutes after the start. */
const at = (minute: number) => addMs(world.clock.now(), minute * MINUTE_MS);
const sent = (id: string, minute: number, phone = ANN, text = 'We come on Monday'): GatewayEvent => ({
  type: 'message_sent',
  eventId: `listed:${id}:sent`,
  gatewayMessageId: id,
  from: OURS,
  to: [phone],
  laneRef: 'PNtest01',
  text,
  media: [],
  at: at(minute),
});
const received = (id: string, minute: number, phone = ANN, text = 'When do you come?'): GatewayEvent => ({
  type: 'message_received',
  eventId: `EV ${id}`,
  gatewayMessageId: id,
  from: phone,
  to: [OURS],
  laneRef: 'PNtest01',
  text,
  media: [],
  at: at(minute),
});
const ended = (id: string, minute: number, status: 'delivered' | 'undelivered' = 'delivered'): GatewayEvent => ({
  type: 'message_status',
  eventId: `listed:${id}:${status}`,
  gatewayMessageId: id,
  to: ANN,
  status,
  errorCode: undefined,
  at: at(minute),
});
const missedCall = (id: string, minute: number, phone = ANN): GatewayEvent => ({
  type: 'call_progress',
  eventId: `EV ${id}`,
  step: 'missed',
  call: {
    gatewayCallId: id,
    laneRef: 'PNtest01',
    direction: 'inbound',
    participants: [phone, OURS],
    startedAt: at(minute),
    answeredAt: undefined,
    endedAt: at(minute),
    durationSeconds: 0,
    forwardedTo: undefined,
    status: 'no-answer',
  },
  voicemail: undefined,
  recordings: [],
  at: at(minute),
});

const hear = (event: GatewayEvent): Promise<void> =>
  runTx(database.db, (tx) =>
    applyContent(
      tx,
      world,
      {
        account: { id: account.id, kind: 'quo', environment: 'live' },
        known: { reconciled: true, connectedAt: addMs(world.clock.now(), -MINUTE_MS) },
      },
      event,
    ),
  );

/** All that is shown of a conversation. */
async function thread(phone = ANN): Promise<object | undefined> {
  const { rows } = await sql<object>`
    select v.state, v.unread, v.waiting_since, v.last_message_at, v.last_message_preview, v.last_message_direction,
      v.last_message_kind, v.needs_review,
      (select jsonb_agg(jsonb_build_array(m.direction, m.purpose, m.state, m.body, m.created_at) order by m.created_at)
        from message m where m.conversation_id = v.id) as texts
    from conversation v where v.phone = ${phone}`.execute(database.db);
  return rows[0];
}

describe('a text that was sent from elsewhere', () => {
  it('is shown in its thread, with its receipt, and waits for nobody', async () => {
    await hear(sent('AC1', 1));
    await hear(ended('AC1', 2));
    expect(await thread()).toMatchObject({
      state: 'done',
      unread: 0,
      waitingSince: null,
      lastMessageDirection: 'outbound',
      texts: [['outbound', 'elsewhere', 'delivered', 'We come on Monday', expect.anything()]],
    });
  });

  it('takes a receipt that was faster, and comes twice as once', async () => {
    await hear(ended('AC1', 2, 'undelivered'));
    await hear(sent('AC1', 1));
    await hear(sent('AC1', 1));
    expect(await thread()).toMatchObject({
      texts: [['outbound', 'elsewhere', 'failed', expect.anything(), expect.anything()]],
    });
  });

  it('answers what came before it, not what came after', async () => {
    await hear(received('AC1', 1));
    expect(await thread()).toMatchObject({ unread: 1, waitingSince: at(1) });
    await hear(sent('AC2', 5));
    expect(await thread()).toMatchObject({ unread: 0, waitingSince: null });
    await hear(received('AC3', 9));
    await hear(missedCall('AC4', 12));
    await hear(sent('AC5', 7));
    expect(await thread()).toMatchObject({ unread: 2, waitingSince: at(9), lastMessageKind: 'call' });
  });

  it('is left to the engine while one of ours to that number is on its way or unknown', async () => {
    const [contactId] = await insertContacts(database.db, world, [{ phone: ANN }]);
    await sql`
      insert into message (id, account_id, lane_id, contact_id, direction, purpose, phone, body, encoding, parts, state, lease_epoch,
        attempted_at, not_before, created_at)
      values (${world.newUuid()}, ${account.id}, ${account.laneIds[0]}, ${contactId}, 'outbound', 'reply', ${ANN}, 'Something else', 'GSM-7',
        1, 'unknown', 1, ${at(0)}, ${at(0)}, ${at(0)})`.execute(database.db);
    await hear(sent('AC1', 1));
    expect(await thread()).toBeUndefined();
  });

  it('is ours when a person has said that it was sent', async () => {
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, settled_by, attempted_at,
        not_before, created_at, sent_at)
      values (${world.newUuid()}, ${account.id}, ${account.laneIds[0]}, 'outbound', 'reply', ${ANN}, 'We come on Monday', 'GSM-7', 1, 'sent',
        'user:usr_1', ${at(0)}, ${at(0)}, ${at(0)}, ${at(0)})`.execute(database.db);
    await hear(ended('AC1', 2));
    await hear(sent('AC1', 1));
    await hear(sent('AC1', 1));
    const { rows } = await sql`select purpose, state, gateway_message_id from message`.execute(database.db);
    expect(rows).toEqual([{ purpose: 'reply', state: 'delivered', gatewayMessageId: 'AC1' }]);
  });

  it('is left to the check who sends when somebody waits for those very words', async () => {
    await insertContacts(database.db, world, [{ phone: ANN }]);
    await launchTestCampaign(database.db, world, { laneIds: account.laneIds });
    await hear(sent('AC1', 1, ANN, 'Hi there, shall we come by? Reply STOP to opt out.'));
    expect(await thread()).toBeUndefined();
    await hear(sent('AC2', 2, ANN, 'The plumber comes at noon'));
    expect(await thread()).toBeDefined();
  });

  it('ends in the same thread, whatever was told when and in which order it was found', async () => {
    const happening = fc.constantFrom('text', 'staff', 'call', 'stop', 'thanks');
    const scene = fc.array(happening, { minLength: 1, maxLength: 7 }).chain((happenings) =>
      fc.record({
        happenings: fc.constant(happenings),
        order: fc.shuffledSubarray([...happenings.keys()], { minLength: happenings.length }),
        again: fc.array(fc.nat(happenings.length - 1), { maxLength: 4 }),
      }),
    );
    let scenes = 0;
    await fc.assert(
      fc.asyncProperty(scene, async ({ happenings, order, again }) => {
        scenes += 1;
        const phones = [0, 1].map((nth) => `+1508${String(5_550_000 + 2 * scenes + nth)}`);
        const [inOrder = '', shuffled = ''] = phones;
        const events = (phone: string) =>
          happenings.map((what, minute): GatewayEvent => {
            const id = `AC ${scenes} ${phone} ${minute}`;
            if (what === 'staff') return sent(id, minute, phone);
            if (what === 'call') return missedCall(id, minute, phone);
            return received(id, minute, phone, { text: 'When?', stop: 'STOP', thanks: '👍' }[what]);
          });
        for (const event of events(inOrder)) await hear(event);
        const others = events(shuffled);
        for (const index of [...order, ...again]) {
          const event = others[index];
          if (event !== undefined) await hear(event);
        }
        expect(await thread(shuffled)).toEqual(await thread(inOrder));
      }),
      { numRuns: 40 },
    );
  });
});
