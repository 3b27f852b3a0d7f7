import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { takeLease } from '../../test/claimed.ts';
import { dncWorld } from '../../test/dnc-world.ts';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { changeDoubleOptIn } from '../compliance/change-consent-settings.ts';
import { listConsentEvents } from '../compliance/consent-store.ts';
import { OWN_KINDS } from '../compliance/dnc-rules.ts';
import { lockNumber } from '../compliance/lock-number.ts';
import { recordConsent } from '../compliance/record-consent.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { type Database, runTx } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { DAY_MS, HOUR_MS } from '../platform/time.ts';
import { claimDirect } from '../sending/claim.ts';
import { type AskOutcome, askToConfirm } from './ask-to-confirm.ts';
import { recordInbound } from './record-inbound.ts';

const PERSON = '+16175550123';
const LANE = { gatewayRef: 'PNtest01', phone: '+16175550001' };

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

async function askingWorld(startsAt?: string) {
  const base = testWorld(startsAt === undefined ? {} : { startsAt });
  const world = { ...base, secrets: secretsWithKey(base.random.bytes(32), base.random) };
  const { db } = database;
  const account = await insertAccount(db, world, { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes: [LANE] });
  const laneId = account.laneIds[0] ?? '';
  const ask = (phone = PERSON): Promise<AskOutcome> =>
    runTx(db, async (tx) => {
      await lockNumber(tx, phone);
      return askToConfirm(tx, world, { phone, laneId, purpose: 'marketing', language: 'en' });
    });
  /** Somebody, perhaps the person, fills in the form. */
  const entered = async (phone = PERSON): Promise<AskOutcome> => {
    await runTx(db, async (tx) => {
      const recorded = await recordConsent(tx, world, {
        action: 'grant',
        phone,
        purpose: 'marketing',
        kind: 'express_written',
        evidence: { source: 'web_form', formUrl: 'https://acme.example/join', ip: '203.0.113.7' },
        wording: { text: 'I agree.', version: 'v2', language: 'en' },
        needsConfirmation: true,
        validUntil: null,
        occurredAt: world.clock.now(),
        by: { actor: 'system', name: 'Form' },
      });
      if (!recorded.ok) throw new Error(recorded.error.message);
    });
    return ask(phone);
  };
  let texts = 0;
  const hear = (text: string): Promise<boolean> => {
    texts += 1;
    const ids = { eventId: `EV${texts}`, gatewayMessageId: `IN${texts}` };
    const said = { from: PERSON, to: [LANE.phone], laneRef: LANE.gatewayRef, text, media: [], at: world.clock.now() };
    const receiver = { id: account.id, kind: 'quo', environment: 'sandbox' } as const;
    return runTx(db, (tx) => recordInbound(tx, world, receiver, { type: 'message_received', ...ids, ...said }));
  };
  const lease = await takeLease(db, world, account.id);
  /** What the engine hands over now. */
  const handedOver = async (automaticOnly = false): Promise<readonly string[]> => {
    const reach = (): void => undefined;
    const taken = await claimDirect({ ...world, db, reach }, lease, world.clock.now(), { limit: 10, automaticOnly });
    return taken.map(({ body }) => body);
  };
  return { ...world, account, laneId, ask, entered, hear, handedOver };
}

const requests = async () =>
  (
    await sql<{ state: string; code: string | null; notBefore: object; notAfter: object }>`
      select state, failure_code as code, not_before, not_after from message where purpose = 'opt_in_request' order by id`.execute(
      database.db,
    )
  ).rows.map(({ notBefore, notAfter, ...row }) => ({ ...row, from: String(notBefore), to: String(notAfter) }));
const states = async () => (await requests()).map(({ state, code }) => [state, code]);
const standing = async (): Promise<unknown> =>
  (
    await sql<{ state: string }>`select state from consent where phone = ${PERSON} and purpose = 'marketing'`.execute(
      database.db,
    )
  ).rows[0]?.state;

describe('somebody whose number was entered in a form', () => {
  it('is asked once, by the words of the program, and YES within the days of the setting confirms and names the question', async () => {
    const world = await askingWorld();
    const { db } = database;
    await changeDoubleOptIn({ ...world, db }, { change: { confirmWithinDays: 10 }, actor: 'test' });
    const asked = await world.entered();
    expect(await world.handedOver()).toEqual([
      expect.stringMatching(/^Our business: Reply YES to confirm .* Reply STOP to cancel\.$/),
    ]);
    expect(await world.entered()).toEqual({ kind: 'not_asked', because: 'asked_lately' });
    await world.clock.advance(9 * DAY_MS);
    await world.hear('Yes');
    expect(await standing()).toBe('written');
    const [event] = await listConsentEvents(db, { phone: PERSON, after: undefined, limit: 1 });
    const request = asked.kind === 'asked' ? showId('message', asked.messageId) : undefined;
    expect(event).toMatchObject({ action: 'confirm', evidence: { text: 'Yes', request } });
    expect(await world.ask()).toEqual({ kind: 'not_asked', because: 'nothing_waits' });
  });

  it('stays without consent when the YES is late, and may be asked again after the days of the setting', async () => {
    const world = await askingWorld();
    await world.entered();
    await world.handedOver();
    await world.clock.advance(3 * DAY_MS);
    await world.hear('YES');
    expect(await standing()).toBe('pending');
    await world.clock.advance(27 * DAY_MS);
    expect((await world.entered()).kind).toBe('asked');
  });

  it('is not asked at night, but when every place of the number is open, and not in its last minutes', async () => {
    const world = await askingWorld('2026-11-17T03:00:00Z');
    await world.entered();
    expect(await requests()).toMatchObject([{ from: '2026-11-17T14:00:00Z', to: '2026-11-18T00:45:00Z' }]);
    expect(await world.handedOver()).toEqual([]);
    await world.clock.advance(11 * HOUR_MS);
    expect(await world.handedOver(true)).toEqual([]);
    expect(await world.handedOver()).toHaveLength(1);
  });

  it('whose question could not go out by day gets none by night', async () => {
    const world = await askingWorld();
    await world.entered();
    await world.clock.advance(12 * HOUR_MS);
    expect(await world.handedOver()).toEqual([]);
    expect(await states()).toEqual([['cancelled', 'too_late']]);
    expect((await world.entered()).kind).toBe('asked');
  });

  it('who has confirmed of their own accord before the question went out is not asked any more', async () => {
    const world = await askingWorld();
    await world.entered();
    await world.hear('YES');
    expect(await standing()).toBe('pending');
    await world.hear('START');
    expect(await world.handedOver()).toEqual([expect.stringContaining('You are signed up')]);
    expect(await states()).toEqual([['cancelled', 'not_awaited']]);
  });
});

describe('nobody is asked', () => {
  const optOut = (
    world: Awaited<ReturnType<typeof askingWorld>>,
    reason: 'opt_out' | 'wrong_number' | 'invalid_number',
  ) =>
    runTx(database.db, (tx) =>
      suppressNumber(tx, world, { phone: PERSON, reason, channel: 'staff', evidence: {}, actor: 'test' }),
    );

  it.each(['opt_out', 'wrong_number', 'invalid_number'] as const)(
    'whose number is suppressed as %s',
    async (reason) => {
      const world = await askingWorld();
      await optOut(world, reason);
      await world.clock.advance(1_000);
      expect(await world.entered()).toEqual({ kind: 'not_asked', because: 'suppressed' });
      expect(await requests()).toEqual([]);
    },
  );

  it.each(['opt_out', 'wrong_number', 'invalid_number'] as const)(
    'who was suppressed as %s while the question waited',
    async (reason) => {
      const world = await askingWorld();
      await world.entered();
      await optOut(world, reason);
      expect(await world.handedOver()).toEqual([]);
      expect((await states())[0]?.[0]).toBe('cancelled');
    },
  );

  it('who opted out before, yet their own START brings them back, and no YES', async () => {
    const world = await askingWorld();
    await optOut(world, 'opt_out');
    await world.clock.advance(1_000);
    await world.entered();
    await world.clock.advance(1_000);
    await world.hear('YES');
    expect(await standing()).toBe('pending');
    await world.hear('START');
    expect(await standing()).toBe('written');
  });

  it.each(OWN_KINDS)('who is on a do-not-call list of our own: %s', async (kind) => {
    const world = await askingWorld();
    const { create, upload } = dncWorld(database.db, world);
    await upload(await create(kind), `${PERSON}\n`);
    expect(await world.entered()).toEqual({ kind: 'not_asked', because: 'do_not_call' });
  });

  it.each(OWN_KINDS)(
    'who comes to be on a list that knows no exception (%s) while the question waits',
    async (kind) => {
      const world = await askingWorld();
      expect((await world.entered()).kind).toBe('asked');
      const { create, upload } = dncWorld(database.db, world);
      await upload(await create(kind), `${PERSON}\n`);
      expect(await world.handedOver()).toEqual([]);
      expect(await states()).toEqual([['cancelled', 'do_not_call']]);
    },
  );

  it('whose number lies nowhere, or by a number of ours that is off', async () => {
    const world = await askingWorld();
    expect(await world.entered('+18005550123')).toEqual({ kind: 'not_asked', because: 'no_hours' });
    await sql`update lane set state = 'off', state_reason = 'test'`.execute(database.db);
    expect(await world.entered()).toEqual({ kind: 'not_asked', because: 'lane_off' });
  });
});
