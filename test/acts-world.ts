import { sql } from 'kysely';
import type { AuditAction } from '../src/compliance/audit-action.ts';
import { recordInbound } from '../src/conversations/record-inbound.ts';
import { runTx } from '../src/platform/database.ts';
import { showId } from '../src/platform/ids.ts';
import { addMs, MINUTE_MS } from '../src/platform/time.ts';
import { everyRegistrar } from './every-registrar.ts';
import { AS_IT_IS, everybodyAgrees } from './fixtures.ts';
import { type Answer, httpWorld } from './http-world.ts';
import { storedEvents } from './stored-events.ts';

export type Actor = 'owner' | 'system' | 'contact' | 'anonymous';
export type Entries = { readonly [A in AuditAction]?: object };
/** What is done, how, and the details of the entries that it leaves; by the owner, when nobody else is named. */
export type ActRow = readonly [string, () => Promise<unknown>, Entries, Actor?];
export type ActsWorld = Awaited<ReturnType<typeof actsWorld>>;

export const OUR_NUMBER = '+16175550001';

/** A server with everything that it serves, an owner, one number of ours, and people. */
export async function actsWorld() {
  const world = await httpWorld({ registrars: await everyRegistrar() });
  const { services } = world;
  const { db } = world.database;
  const owner = await world.owner();
  const events = await storedEvents(db, services as never);
  const [lane] = (await sql<{ id: string }>`select id from lane`.execute(db)).rows;
  const laneIds = [showId('lane', lane?.id ?? '')];
  let made = 0;
  const next = (): number => ++made;
  const phone = (): string => `+1617555${3_000 + next()}`;
  const contact = async () =>
    (await owner.post('/v1/contacts', { phone: phone(), tags: ['everyone'], state: 'MA' })).json;
  const draft = {
    name: 'Fall',
    audience: { tags: ['everyone'] },
    variants: [{ label: 'A', weight: 1, body: 'Acme: shall we look?' }],
    laneIds,
  };
  const campaign = async () => (await owner.post('/v1/campaigns', draft)).json;
  const receiver = { id: events.accountId, kind: 'quo', environment: 'sandbox' } as const;
  return {
    ...world,
    ...{ db, owner, events, laneId: lane?.id ?? '', laneIds, next, phone, contact, campaign },
    accountId: showId('account', events.accountId),
    person: async (): Promise<string> => (await contact()).id,
    async launched() {
      await contact();
      await everybodyAgrees(db);
      const { id, revision } = await campaign();
      const answer = await owner.post(`/v1/campaigns/${id}/launch`, {
        revision,
        confirmName: 'Fall',
        acknowledgement: AS_IT_IS.reason,
      });
      return { id, answer };
    },
    /** A text from that number, as the gateway tells it; said before now by so many minutes. */
    hear: (from: string, text: string, minutesAgo = 0): Promise<boolean> => {
      const id = `IN${next()}`;
      const at = addMs(world.clock.now(), -minutesAgo * MINUTE_MS);
      const said = { from, to: [OUR_NUMBER], laneRef: `PN${OUR_NUMBER}`, text, media: [], at };
      return runTx(db, (tx) =>
        recordInbound(tx, services, receiver, { type: 'message_received', eventId: id, gatewayMessageId: id, ...said }),
      );
    },
    /** Begins to read a file, and hangs up as soon as something has come. */
    stream: async (path: string): Promise<Answer> => {
      const response = await fetch(world.server.url + path, { headers: { cookie: owner.cookie } });
      const reader = response.body?.getReader();
      await reader?.read();
      await reader?.cancel();
      return { status: response.status, headers: response.headers, json: undefined };
    },
  };
}
