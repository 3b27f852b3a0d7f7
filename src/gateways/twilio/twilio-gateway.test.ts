import { afterEach, describe, expect, it } from 'vitest';
import { type FakeTwilio, type FakeTwilioOptions, startFakeTwilio } from '../../../test/fake-twilio.ts';
import { errorAnswer } from '../../../test/fake-twilio-wire.ts';
import type { GatewayWorld, WireFault, WireRefusal } from '../../../test/gateway-conformance/world.ts';
import { describeGatewayConformance } from '../../../test/gateway-conformance.ts';
import { answering } from '../../../test/local-gateway.ts';
import { startWebhookReceiver } from '../../../test/webhook-receiver.ts';
import { type ManualClock, manualClock } from '../../platform/clock.ts';
import { seededRandom } from '../../platform/random.ts';
import { addMs, DAY_MS, instant, SECOND_MS } from '../../platform/time.ts';
import { ensureWebhooks, inspectGateway, NOTHING_KNOWN } from '../ensure-webhooks.ts';
import type { Gateway } from '../gateway.ts';
import type { Faults } from '../sandbox/options.ts';
import type { ApiAnswer } from '../sandbox/wire.ts';
import { twilioGateway } from './twilio-gateway.ts';
import { twilioWebhookEdge } from './twilio-webhook.ts';
import type { TwilioGatewayOptions } from './twilio-wire.ts';

const START = instant('2026-11-02T15:00:00Z');
const ACCOUNT = 'ACtest0001';
const TOKEN = 'test-auth-token';
const NUMBERS = [
  { sid: 'PNtest0001', phone: '+16175550100', name: 'Main' },
  { sid: 'PNtest0002', phone: '+16175550101', name: 'Second' },
];
const [MAIN, SECOND] = NUMBERS.map(({ phone }) => ({ laneRef: phone, phone }));
const PERSON = '+16175550142';
const DEAD = '+16175551999';

const FAULTS: Readonly<Record<WireFault, Faults>> = {
  none: {},
  request_lost: { loseRequestShare: 1 },
  answer_lost: { loseAnswerShare: 1 },
  answer_cut: { cutAnswerShare: 1 },
  answer_slow: { slowAnswerShare: 1, slowAnswerMs: 60 * SECOND_MS },
  error_before_acceptance_or_after: { status500Share: 1 },
};

/** Where the provider has no word of its own for what the port tells apart, the nearest one. */
const REFUSALS: Readonly<Record<WireRefusal, ApiAnswer>> = {
  registration_missing: errorAnswer(400, 21608),
  no_credit: errorAnswer(401, 20005),
  subscription_expired: errorAnswer(403, 20006),
  sender_not_allowed: errorAnswer(400, 21606),
  daily_cap: errorAnswer(429, 63038),
  rate_limit: errorAnswer(429, 20429),
  rate_limit_for_7_seconds: errorAnswer(429, 20429, { retryAfter: '7' }),
};

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function fakeWith(clock: ManualClock, changed: Partial<FakeTwilioOptions> = {}): Promise<FakeTwilio> {
  const options = { clock, accountSid: ACCOUNT, authTokens: [TOKEN], numbers: NUMBERS, dead: { [DEAD]: '30005' } };
  const twilio = await startFakeTwilio({ ...options, ...changed });
  opened.push(() => twilio.close());
  return twilio;
}

const gatewayOf = (
  clock: ManualClock,
  changed: Partial<TwilioGatewayOptions> & { readonly baseUrl: string },
): Gateway =>
  twilioGateway({
    apiKey: `${ACCOUNT}:${TOKEN}`,
    statusCallbackUrl: null,
    clock,
    random: seededRandom(1),
    requestTimeoutMs: 10_000,
    ...changed,
  });

async function openWorld(): Promise<GatewayWorld> {
  const clock = manualClock(START);
  const twilio = await fakeWith(clock);
  const receiver = await startWebhookReceiver();
  const nobody = await startWebhookReceiver();
  await nobody.close();
  opened.push(() => receiver.close());
  const gatewayWith = (changed: Partial<TwilioGatewayOptions>): Gateway =>
    gatewayOf(clock, { baseUrl: twilio.url, statusCallbackUrl: receiver.url, ...changed });
  if (MAIN === undefined || SECOND === undefined) throw new Error('two lanes expected');
  return {
    gateway: gatewayWith({}),
    strangerGateway: gatewayWith({ apiKey: `${ACCOUNT}:nobody` }),
    unreachableGateway: gatewayWith({ baseUrl: new URL(nobody.url).origin }),
    impatientGateway: gatewayWith({ requestTimeoutMs: 200 }),
    edge: twilioWebhookEdge,
    lane: MAIN,
    otherLane: SECOND,
    deadNumber: DEAD,
    webhookUrl: receiver.url,
    posts: receiver.posts,
    wire: {
      resolutionMs: SECOND_MS,
      signsTime: false,
      rotatesKeys: false,
      numbersTellRegistration: false,
      hasConversations: false,
    },
    now: () => clock.now(),
    suffer: (fault) => twilio.setFaults(FAULTS[fault]),
    refuse: (refusal) => twilio.setRefusal(refusal === undefined ? undefined : REFUSALS[refusal]),
    requests: twilio.requests,
    accepted: () => twilio.accepted().map(({ to, body }) => ({ to, text: body })),
    personTexts: async (text) => void (await twilio.personTexts(text)),
    personCalls: twilio.personCalls,
    pass: (ms) => clock.advance(ms),
    step: async () => {
      await twilio.quiet();
      const next = twilio.nextDueAt();
      if (next !== undefined) await clock.set(next);
      await twilio.quiet();
      return next !== undefined;
    },
    close: async () => {},
  };
}

describeGatewayConformance('twilio against a server of its wire', openWorld);

describe('twilio gateway', () => {
  const world = async (
    changed: Partial<TwilioGatewayOptions> = {},
    fake: Partial<FakeTwilioOptions> = {},
  ): Promise<{ readonly gateway: Gateway; readonly twilio: FakeTwilio; readonly clock: ManualClock }> => {
    const clock = manualClock(START);
    const twilio = await fakeWith(clock, fake);
    return { twilio, clock, gateway: gatewayOf(clock, { baseUrl: twilio.url, ...changed }) };
  };
  const oneText = { laneRef: '+16175550100', to: PERSON, text: 'Hi' };

  it('sends from the number to exactly one person, names where receipts go, and how long it may wait', async () => {
    const { gateway, twilio } = await world({ statusCallbackUrl: 'https://textwright.example/webhooks/twilio/acc_1' });
    await gateway.send({ ...oneText, text: 'a+b&c=d é 👍' });
    expect(Object.fromEntries(new URLSearchParams(twilio.lastForm()))).toEqual({
      To: PERSON,
      From: '+16175550100',
      Body: 'a+b&c=d é 👍',
      // As long as nothing is handed over before the end of a window.
      ValidityPeriod: '900',
      StatusCallback: 'https://textwright.example/webhooks/twilio/acc_1',
    });
  });

  it('sends without an address for receipts before it knows one', async () => {
    const { gateway, twilio } = await world();
    await gateway.send(oneText);
    expect(new URLSearchParams(twilio.lastForm()).has('StatusCallback')).toBe(false);
  });

  it('finds a text that its queue still holds, dated to the beginning of this very second', async () => {
    const { gateway, clock } = await world();
    await clock.advance(400);
    const since = clock.now();
    await clock.advance(300);
    await gateway.send(oneText);
    expect(await gateway.listSent({ ...oneText, since })).toMatchObject({ ok: true, value: [{ status: 'queued' }] });
    expect(await gateway.listNewest({ ...oneText, since })).toMatchObject({ value: { messages: [{ text: 'Hi' }] } });
    const next = addMs(since, SECOND_MS);
    expect(await gateway.listSent({ ...oneText, since: next })).toEqual({ ok: true, value: [] });
  });

  it('asks whether it may go on before every request but the first: a list of both directions is two', async () => {
    const { gateway } = await world();
    let asked = 0;
    const mayGoOn = async (): Promise<void> => {
      asked += 1;
    };
    await gateway.listNewest({ ...oneText, since: START, mayGoOn });
    expect(asked).toBe(1);
    await gateway.listSent({ ...oneText, since: START, mayGoOn });
    expect(asked).toBe(1);
  });

  it('lists a text between two of its own numbers once for each: sent by the one, received by the other', async () => {
    const { gateway, twilio } = await world();
    const [from, to] = ['+16175550100', '+16175550101'];
    await gateway.send({ laneRef: from, to, text: 'Is anybody there?' });
    await twilio.personTexts({ from, to, text: 'Is anybody there?' });
    expect(await gateway.listSent({ laneRef: from, to, since: START })).toMatchObject({
      value: [{ direction: 'outbound' }],
    });
    const newest = async (laneRef: string) => {
      const answer = await gateway.listNewest({ laneRef, since: START });
      return answer.ok && answer.value.messages.map(({ direction }) => direction);
    };
    expect(await newest(from)).toEqual(['outbound']);
    expect(await newest(to)).toEqual(['inbound']);
  });

  it('writes no text whose sender says no by then, nor after its last moment', async () => {
    const { gateway, twilio } = await world();
    expect(await gateway.send({ ...oneText, mayBegin: () => false })).toMatchObject({ kind: 'not_called' });
    expect(await gateway.send({ ...oneText, notAfter: addMs(START, -1) })).toMatchObject({ kind: 'not_called' });
    expect(twilio.accepted()).toEqual([]);
  });

  it.each([
    ['an API key', 'SKtest0001:secret'],
    ['an account without a token', 'ACtest0001'],
    ['an empty token', 'ACtest0001:'],
    ['nothing', ''],
  ])('answers as unauthorized, without asking, with %s', async (_what, apiKey) => {
    const { gateway, twilio } = await world({ apiKey });
    expect(await gateway.send(oneText)).toMatchObject({ kind: 'refused_sender', scope: 'account', until: 'fixed' });
    expect(await gateway.listNumbers()).toMatchObject({ ok: false, error: { kind: 'unauthorized' } });
    expect(twilio.requests()).toBe(0);
  });

  it('lists the numbers that can text, on every page of them', async () => {
    const many = Array.from({ length: 130 }, (_, index) => ({
      sid: `PNtest${index}`,
      phone: `+1617555${1_000 + index}`,
      name: index === 7 ? '' : `Line ${index}`,
      sms: index !== 129,
    }));
    const { gateway } = await world({}, { numbers: many });
    const answer = await gateway.listNumbers();
    if (!answer.ok) throw new Error(answer.error.message);
    expect(answer.value).toHaveLength(129);
    expect(answer.value.at(-1)).toMatchObject({ phone: '+16175551128', name: 'Line 128' });
    expect(answer.value[7]).toEqual({
      laneRef: '+16175551007',
      phone: '+16175551007',
      name: '+16175551007',
      mayTextUs: true,
    });
  });

  it('turns texts and calls of each lane to one address, and signs with the Auth Token', async () => {
    const { gateway, twilio } = await world();
    const url = 'https://textwright.example/webhooks/twilio/acc_1';
    const numbers = await gateway.listNumbers();
    const laneRefs = new Set(numbers.ok ? numbers.value.map(({ laneRef }) => laneRef) : []);
    const ensured = await ensureWebhooks(gateway, { url, known: NOTHING_KNOWN, laneRefs, generation: 'proven' });
    expect(ensured).toMatchObject({
      ok: true,
      value: { complete: true, keys: [{ secret: TOKEN }, { secret: TOKEN }] },
    });
    expect(twilio.settings()).toEqual([
      { smsUrl: url, statusCallback: url },
      { smsUrl: url, statusCallback: url },
    ]);
    expect(Object.fromEntries(new URLSearchParams(twilio.lastForm()))).toEqual({
      SmsUrl: url,
      SmsMethod: 'POST',
      SmsApplicationSid: '',
      StatusCallback: url,
      StatusCallbackMethod: 'POST',
    });
  });

  it('turns of each lane only what it can receive, leaves other numbers alone, and finds nothing to mend afterwards', async () => {
    const numbers = [
      { sid: 'PNboth', phone: '+16175551001', name: 'Both' },
      { sid: 'PNvoice', phone: '+16175551002', name: 'Voice only', sms: false },
      { sid: 'PNtext', phone: '+16175551003', name: 'Texts only', voice: false },
      { sid: 'PNfax', phone: '+16175551004', name: 'Fax', sms: false, voice: false },
      { sid: 'PNother', phone: '+16175551005', name: 'Of another program' },
    ];
    const { gateway, twilio } = await world({}, { numbers });
    const url = 'https://textwright.example/webhooks/twilio/acc_1';
    const laneRefs = new Set(['+16175551001', '+16175551003']);
    const wanted = { url, known: NOTHING_KNOWN, laneRefs, generation: 'proven' } as const;
    const ensured = await ensureWebhooks(gateway, wanted);
    if (!ensured.ok) throw new Error(ensured.error.message);
    expect(ensured.value.keys.map(({ ref }) => ref)).toEqual(['PNboth', 'PNtext']);
    expect(twilio.settings()).toEqual([
      { smsUrl: url, statusCallback: url },
      { smsUrl: url, statusCallback: '' },
    ]);
    const known = { ...NOTHING_KNOWN, secrets: new Set([TOKEN]) };
    expect(await inspectGateway(gateway, { ...wanted, known })).toMatchObject({
      ok: true,
      value: { findings: [], working: [{ ref: 'PNboth' }, { ref: 'PNtext' }] },
    });
  });

  it.each([
    ['texts by GET', { sms_method: 'GET' }, ['texts']],
    ['calls by GET', { status_callback_method: 'get' }, ['calls']],
    ['neither', { sms_method: 'POST', status_callback_method: null }, []],
  ])('sees of a number that sends %s', async (_what, more, lacks) => {
    const url = 'https://textwright.example/webhooks/twilio/acc_1';
    const number = { sid: 'PNtest0001', phone_number: '+16175550100', sms_url: url, status_callback: url, ...more };
    const baseUrl = await answering(() => ({ status: 200, body: { incoming_phone_numbers: [number] } }));
    expect(await gatewayOf(manualClock(START), { baseUrl }).webhooks.list()).toMatchObject({
      value: [{ url, lacks }],
    });
  });

  it('does not follow a page or a cursor out of its account', async () => {
    const { gateway } = await world();
    const query = { laneRef: '+16175550100', since: START };
    const refused = { ok: false, error: { kind: 'refused' } };
    for (const path of ['ACother/Messages.json', 'ACtest0001/../ACother/Messages.json', 'ACtest00011/Messages.json']) {
      const olderThan = `/2010-04-01/Accounts/${path}`;
      expect(await gateway.listNewest({ ...query, olderThan })).toMatchObject(refused);
      expect(await gateway.records?.listMessages({ since: START, until: START, olderThan })).toMatchObject(refused);
      expect(await gateway.records?.listCalls({ since: START, until: START, olderThan })).toMatchObject(refused);
    }
  });

  it('reads its books by whole days, and a text with pictures with the address of their list', async () => {
    const asked: string[] = [];
    const text = {
      ...{ sid: 'MMtest0001', from: PERSON, to: '+16175550100', body: '', direction: 'inbound', status: 'received' },
      ...{ num_media: '2', date_created: 'Mon, 02 Nov 2026 14:00:00 +0000' },
    };
    const baseUrl = await answering((path) => {
      asked.push(path);
      return { status: 200, body: { messages: [text], next_page_uri: null } };
    });
    const { records } = gatewayOf(manualClock(START), { baseUrl });
    const page = await records?.listMessages({ since: instant('2026-11-01T23:59:00Z'), until: START });
    expect(asked.map(decodeURIComponent)).toEqual([
      '/2010-04-01/Accounts/ACtest0001/Messages.json?DateSent>=2026-11-01&DateSent<=2026-11-03&PageSize=100',
    ]);
    expect(page).toMatchObject({
      value: {
        entries: [
          {
            laneRef: '+16175550100',
            began: {
              event: {
                type: 'message_received',
                text: '',
                media: [{ url: `${baseUrl}/2010-04-01/Accounts/ACtest0001/Messages/MMtest0001/Media.json` }],
              },
            },
          },
        ],
      },
    });
  });

  it('takes no leg of a call for a call, and no status that nobody knows for its end', async () => {
    const call = (sid: string, more: object) => ({
      ...{ sid, from: PERSON, to: '+16175550100', direction: 'inbound', status: 'completed', duration: '5' },
      ...{ date_created: 'Mon, 02 Nov 2026 14:00:00 +0000', start_time: 'Mon, 02 Nov 2026 14:00:00 +0000' },
      ...{ end_time: 'Mon, 02 Nov 2026 14:00:05 +0000', parent_call_sid: null, ...more },
    });
    const calls = [
      call('CA1', {}),
      call('CA2', { parent_call_sid: 'CA1', direction: 'outbound-dial' }),
      call('CA3', { status: 'pondering' }),
    ];
    const baseUrl = await answering(() => ({ status: 200, body: { calls, next_page_uri: null } }));
    const { records } = gatewayOf(manualClock(START), { baseUrl });
    const page = await records?.listCalls({ since: addMs(START, -DAY_MS), until: START });
    if (page?.ok !== true) throw new Error('expected calls');
    expect(page.value.entries.map(({ gatewayCallId, ended }) => [gatewayCallId, ended !== undefined])).toEqual([
      ['CA1', true],
      ['CA3', false],
    ]);
  });

  it('refuses whom Twilio has unsubscribed, and nobody else', async () => {
    const { gateway, twilio } = await world({}, { handlesStop: true });
    await twilio.personTexts({ from: PERSON, to: '+16175550100', text: 'Stop' });
    expect(await gateway.send(oneText)).toMatchObject({
      kind: 'refused_recipient',
      code: '21610',
      effect: 'opted_out',
    });
    expect(await gateway.send({ ...oneText, to: '+16175550143' })).toMatchObject({ kind: 'accepted' });
  });
});
