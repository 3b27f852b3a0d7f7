import { err, ok } from '../../platform/result.ts';
import type { Answer, GatewayWebhooks } from '../gateway.ts';
import { NUMBER_PART, type WebhookKey, type WebhookRegistration, type WebhookTopic } from '../webhook-registration.ts';
import { parseTwilioKey } from './twilio-http.ts';
import { numberAnswer, numberPage, type RestNumber } from './twilio-schemas.ts';
import { readAll, readExchange, type Wire } from './twilio-wire.ts';

/**
 * Each number has the address to which its texts and calls go, those of both that it can have; receipts go where each text says. What
 * signs them all is the Auth Token.
 */
const PAGE_SIZE = 100;

/** A number of which nothing is said can do both. */
export const canText = ({ capabilities }: Pick<RestNumber, 'capabilities'>): boolean => capabilities?.sms !== false;
const canCall = ({ capabilities }: Pick<RestNumber, 'capabilities'>): boolean => capabilities?.voice !== false;
const topicsOf = (number: RestNumber): readonly WebhookTopic[] => [
  ...(canText(number) ? (['texts'] as const) : []),
  ...(canCall(number) ? (['calls'] as const) : []),
];

export const allNumbers = (wire: Wire): Promise<Answer<readonly RestNumber[]>> =>
  readAll(wire, {
    path: `${wire.account}/IncomingPhoneNumbers.json?PageSize=${PAGE_SIZE}`,
    schema: numberPage,
    itemsOf: ({ incoming_phone_numbers }) => incoming_phone_numbers,
  });

export const twilioWebhooks = (wire: Wire): GatewayWebhooks => ({
  parts: { proven: [], newest: [] },
  list: () => list(wire),
  create: async () => err({ kind: 'refused', message: 'a number has one address, which can only be changed' }),
  update: (registration, url) => setAddress(wire, registration, url),
  rotate: async () => err({ kind: 'refused', message: ROTATED_BY_HAND }),
  remove: async ({ ref }) => {
    const cleared = await setAddress(wire, { ref, topics: ['texts', 'calls'] }, '');
    return cleared.ok ? ok(undefined) : cleared;
  },
});

/** Promoting a token cannot be taken back, and other programs may use the one before. */
const ROTATED_BY_HAND =
  'the Auth Token signs the events: make a secondary one in the console, give it here as the new key, then promote it there; both are taken meanwhile';

const secretOf = (wire: Wire): string => parseTwilioKey(wire.options.apiKey)?.authToken ?? '';

async function list(wire: Wire): Promise<Answer<readonly WebhookRegistration[]>> {
  const numbers = await allNumbers(wire);
  if (!numbers.ok) return numbers;
  // One for faxes alone has nothing to tell.
  return ok(
    numbers.value.filter((number) => topicsOf(number).length > 0).map((number) => shown(number, secretOf(wire))),
  );
}

const shown = (number: RestNumber, secret: string): WebhookRegistration => ({
  part: NUMBER_PART,
  topics: topicsOf(number),
  ref: number.sid,
  laneRef: number.phone_number,
  name: `the number ${number.phone_number}`,
  url: canText(number) ? number.sms_url : number.status_callback,
  enabled: !canText(number) || number.sms_application_sid === '',
  lacks: lackedBy(number),
  narrowed: false,
  secret,
});

/** What is sent by GET is not posted. */
function lackedBy(number: RestNumber): readonly WebhookTopic[] {
  const callsElsewhere = canText(number) && number.status_callback !== number.sms_url;
  const lacked: Readonly<Partial<Record<WebhookTopic, boolean>>> = {
    texts: isGet(number.sms_method),
    calls: callsElsewhere || isGet(number.status_callback_method),
  };
  return topicsOf(number).filter((topic) => lacked[topic]);
}

const isGet = (method: string): boolean => method.toUpperCase() === 'GET';

async function setAddress(
  wire: Wire,
  { ref, topics }: Pick<WebhookRegistration, 'ref' | 'topics'>,
  url: string,
): Promise<Answer<WebhookKey>> {
  const exchange = await wire.call({
    method: 'POST',
    path: `${wire.account}/IncomingPhoneNumbers/${encodeURIComponent(ref)}.json`,
    form: new URLSearchParams({
      ...(topics.includes('texts') ? { SmsUrl: url, SmsMethod: 'POST', SmsApplicationSid: '' } : {}),
      ...(topics.includes('calls') ? { StatusCallback: url, StatusCallbackMethod: 'POST' } : {}),
    }),
  });
  const answer = readExchange(wire, { exchange, schema: numberAnswer });
  return answer.ok ? ok({ ref, part: NUMBER_PART, secret: secretOf(wire) }) : answer;
}
