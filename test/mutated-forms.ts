import { TWILIO_EVENT_TYPES, type TwilioEventType } from '../src/gateways/twilio/twilio-payload-types.ts';
import { twilioPayload } from '../src/gateways/twilio/twilio-payloads.ts';
import { signTwilioForm } from '../src/gateways/twilio/twilio-signature.ts';
import { systemClock } from '../src/platform/clock.ts';
import type { Random } from '../src/platform/random.ts';

/** Forms that Twilio would never post, some of them signed as it would. */
export interface MutatedForm {
  readonly how: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly signed: boolean;
}

export function oneOf<T>(random: Random, list: readonly T[]): T {
  const picked = list[random.int(0, list.length - 1)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

const TYPES = Object.keys(TWILIO_EVENT_TYPES) as TwilioEventType[];
const NUL = String.fromCharCode(0);
const INDEX_BYTES_MORE_THAN_FIT = 6_000;

export function mutateForm(
  random: Random,
  {
    url,
    secret,
    from,
    to,
  }: { readonly url: string; readonly secret: string; readonly from: string; readonly to: string },
): MutatedForm {
  const type = oneOf(random, TYPES);
  const accountSid = 'ACtest0001';
  const form = twilioPayload({ type, at: systemClock.now(), random, from, to, accountSid, text: 'Please stop' });
  const body = mutateFields(random, form);
  const how = `${type} form`;
  const post = (by: string, at: string, signed: boolean): MutatedForm => ({
    how,
    body,
    headers: { 'x-twilio-signature': signTwilioForm({ url: at, secret: by, rawBody: body }) },
    signed,
  });
  switch (random.int(0, 9)) {
    case 0:
      return post(`${secret}.`, url, false);
    case 1:
      return post(secret, `${url}?a=b`, false);
    case 2:
      return { how, body, headers: { 'x-twilio-signature': random.pick(['', 'x', '='.repeat(5_000)]) }, signed: false };
    default:
      return post(secret, url, true);
  }
}

/** Twice out of three times a field or two, else the bytes. */
function mutateFields(random: Random, form: string): Buffer {
  if (random.int(0, 2) === 0) return mutateBytes(random, Buffer.from(form));
  const fields = form.split('&');
  for (let times = random.int(1, 3); times > 0; times -= 1) {
    const at = random.int(0, fields.length - 1);
    const [name = ''] = (fields[at] ?? '').split('=');
    const value = oneOf(random, ODD)(random);
    if (random.int(0, 4) === 0) fields.push(`${value}Sid=${name}`);
    else fields[at] = `${name}=${value}`;
  }
  return Buffer.from(fields.join('&'));
}

const ODD: readonly ((random: Random) => string)[] = [
  () => '',
  () => NUL,
  () => '%00',
  () => `STOP${NUL}`,
  () => '%ED%A0%BD',
  () => '%',
  () => '+'.repeat(3_000),
  () => '__proto__',
  () => '1e309',
  () => '-1',
  () => '99999999999999999999',
  () => encodeURIComponent('Mon, 17 Nov 9026 15:00:00 +0000'),
  () => encodeURIComponent("'; drop table message; --"),
  (random) => Buffer.from(random.bytes(INDEX_BYTES_MORE_THAN_FIT)).toString('hex'),
];

function mutateBytes(random: Random, bytes: Buffer): Buffer {
  for (let times = random.int(1, 8); times > 0; times -= 1) bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
  return bytes;
}
