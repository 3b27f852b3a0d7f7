import { err, ok } from '../../platform/result.ts';
import type { Answer, GatewayWebhooks } from '../gateway.ts';
import {
  NUMBER_PART,
  type WebhookKey,
  type WebhookPart,
  type WebhookRegistration,
  type WebhookTopic,
} from '../webhook-registration.ts';
import { parseTwilioKey } from './twilio-http.ts';
import { numberAnswer, numberPage, type RestNumber } from './twilio-schemas.ts';
import { readAll, readExchange, type Wire } from './twilio-wire.ts';

/**
 * Each number has the address to which its texts and calls go; receipts go where each text says. What signs them all is the Auth Token.
 */
const PAGE_SIZE = 100;
const PART: WebhookPart = { part: NUMBER_PART, topics: ['texts', 'calls'] };

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
  update: ({ ref }, url) => setAddress(wire, ref, url),
  rotate: async () => err({ kind: 'refused', message: ROTATED_BY_HAND }),
  remove: async ({ ref }) => {
    const cleared = await setAddress(wire, ref, '');
    return cleared.ok ? ok(undefined) : cleared;
  },
});

/** Promoting a token cannot be taken back, and other programs may use the one before. */
const ROTATED_BY_HAND =
  'the Auth Token signs the events: make a secondary one in the console, give it here as the new key, then promote it there; both are taken meanwhile';

const secretOf = (wire: Wire): string => parseTwilioKey(wire.options.apiKey)?.authToken ?? '';

async function list(wire: Wire): Promise<Answer<readonly WebhookRegistration[]>> {
  const numbers = await allNumbers(wire);
  return numbers.ok ? ok(numbers.value.map((number) => shown(number, secretOf(wire)))) : numbers;
}

const shown = (number: RestNumber, secret: string): WebhookRegistration => ({
  ...PART,
  ref: number.sid,
  name: `the number ${number.phone_number}`,
  url: number.sms_url,
  enabled: number.sms_application_sid === '',
  lacks: lackedBy(number),
  narrowed: false,
  secret,
});

/** What is sent by GET is not posted. */
const lackedBy = (number: RestNumber): readonly WebhookTopic[] => [
  ...(isGet(number.sms_method) ? (['texts'] as const) : []),
  ...(number.status_callback !== number.sms_url || isGet(number.status_callback_method) ? (['calls'] as const) : []),
];

const isGet = (method: string): boolean => method.toUpperCase() === 'GET';

async function setAddress(wire: Wire, sid: string, url: string): Promise<Answer<WebhookKey>> {
  const exchange = await wire.call({
    method: 'POST',
    path: `${wire.account}/IncomingPhoneNumbers/${encodeURIComponent(sid)}.json`,
    form: new URLSearchParams({
      SmsUrl: url,
      SmsMethod: 'POST',
      SmsApplicationSid: '',
      StatusCallback: url,
      StatusCallbackMethod: 'POST',
    }),
  });
  const answer = readExchange(wire, { exchange, schema: numberAnswer });
  return answer.ok ? ok({ ref: sid, part: NUMBER_PART, secret: secretOf(wire) }) : answer;
}
