import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeTwilio, type FakeTwilioOptions, startFakeTwilio } from '../../../test/fake-twilio.ts';
import { errorAnswer } from '../../../test/fake-twilio-wire.ts';
import {
  describeGatewayConformance,
  type GatewayWorld,
  type WireFault,
  type WireRefusal,
} from '../../../test/gateway-conformance.ts';
import { startWebhookReceiver } from '../../../test/webhook-receiver.ts';
import { type ManualClock, manualClock } from '../../platform/clock.ts';
import { seededRandom } from '../../platform/random.ts';
import { addMs, instant, SECOND_MS } from '../../platform/time.ts';
import type { Gateway } from '../gateway.ts';
import type { Faults } from '../sandbox/options.ts';
import type { ApiAnswer } from '../sandbox/wire.ts';
import { type TwilioGatewayOptions, twilioGateway } from './twilio-gateway.ts';
import { twilioWebhookEdge } from './twilio-webhook.ts';

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
    wire: { resolutionMs: SECOND_MS, signsTime: false, numbersTellRegistration: false },
    now: () => clock.now(),
    suffer: (fault) => twilio.setFaults(FAULTS[fault]),
    refuse: (refusal) => twilio.setRefusal(refusal === undefined ? undefined : REFUSALS[refusal]),
    requests: twilio.requests,
    accepted: () => twilio.accepted().map(({ to, body }) => ({ to, text: body })),
    personTexts: twilio.personTexts,
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
