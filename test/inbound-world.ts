import { sql } from 'kysely';
import type { InboundText, ToldNow } from '../src/conversations/inbound.ts';
import { recordAnswers, recordInbound } from '../src/conversations/record-inbound.ts';
import { manualClock } from '../src/platform/clock.ts';
import { type Db, runTx } from '../src/platform/database.ts';
import { uuidSource } from '../src/platform/ids.ts';
import { seededRandom } from '../src/platform/random.ts';
import { secretsWithKey } from '../src/platform/secrets.ts';
import { instant } from '../src/platform/time.ts';
import { insertAccount, insertContacts } from './fixtures.ts';

export const PERSON = '+16175550123';
export const OUR_NUMBER = '+16175550001';
export const OUR_OTHER = { gatewayRef: 'PNtest02', phone: '+16175550009' };

/** One person, two numbers of ours, and texts as the gateway tells them. */
export async function inboundWorld(db: Db) {
  const clock = manualClock(instant('2026-11-17T15:00:00Z'));
  const random = seededRandom(1);
  const world = { clock, newUuid: uuidSource({ clock, random }), secrets: secretsWithKey(random.bytes(32), random) };
  await insertContacts(db, world, [{ phone: PERSON }]);
  const account = await insertAccount(db, world, {
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'test-key',
    lanes: [{ gatewayRef: 'PNtest01', phone: OUR_NUMBER }, OUR_OTHER],
  });
  let texts = 0;
  const receiver = { id: account.id, kind: 'quo', environment: 'sandbox' } as const;
  const textOf = (text: string, said: Partial<InboundText> = {}): InboundText => {
    texts += 1;
    return {
      type: 'message_received',
      eventId: `EV${texts}`,
      gatewayMessageId: `MSG${texts}`,
      from: PERSON,
      to: [OUR_NUMBER],
      laneRef: 'PNtest01',
      text,
      media: [],
      at: clock.now(),
      ...said,
    };
  };
  const hear = (text: string, said: Partial<InboundText> = {}, known?: ToldNow): Promise<boolean> =>
    runTx(db, (tx) => recordInbound(tx, world, receiver, textOf(text, said), known));
  /** Whose texts were recorded. */
  const hearTogether = async (heard: readonly InboundText[]): Promise<readonly string[]> => {
    const recorded = await runTx(db, (tx) => recordAnswers(tx, world, receiver, heard));
    return [...recorded].map(({ from }) => from);
  };
  return { ...world, db, account, hear, hearTogether, textOf };
}

export type InboundWorld = Awaited<ReturnType<typeof inboundWorld>>;

export const suppressed = async (db: Db): Promise<boolean> =>
  (await sql`select 1 from suppression where phone = ${PERSON} and lifted_at is null`.execute(db)).rows.length > 0;

export const audited = async (db: Db): Promise<readonly object[]> =>
  (await sql<{ detail: object }>`select detail from audit_entry order by at, id`.execute(db)).rows.map(
    ({ detail }) => detail,
  );
