import http from 'node:http';
import { afterAll } from 'vitest';

/** What one service says of one number; nothing of the product is in here. */
export interface FakeNumber {
  readonly valid: boolean;
  /** In the service's own words. */
  readonly lineType: string | null;
  readonly carrier?: string;
}

/** How it answers instead of telling about the number. */
export type Trouble =
  | {
      readonly kind: 'body';
      readonly status: number;
      readonly body: string;
      readonly headers?: http.OutgoingHttpHeaders;
    }
  | { readonly kind: 'cut' };

export interface FakeValidator {
  readonly url: string;
  /** Numbers that were asked for, in order. */
  readonly asked: string[];
  readonly numbers: Map<string, FakeNumber>;
  trouble: Trouble | undefined;
  /** Called before each answer, which waits for it. */
  hold: (() => Promise<void>) | undefined;
}

export const refusal = (code: number, type: string, status = 200): Trouble => ({
  kind: 'body',
  status,
  body: JSON.stringify({ success: false, error: { code, type, info: 'see the documentation' } }),
});

const KEY = 'numverify-test-key';
const SID_AND_SECRET = 'AC00000000000000000000000000000000:twilio-test-secret';
export const FAKE_KEYS = { numverify: KEY, twilio: SID_AND_SECRET } as const;

/** NumVerify's wire: `/validate?access_key=&number=`, errors with status 200. */
export const fakeNumverify = (): Promise<FakeValidator> =>
  serve((request, numbers) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const number = url.searchParams.get('number') ?? '';
    if (url.pathname !== '/validate') return { number, status: 200, body: refusal(103, 'invalid_api_function') };
    if (url.searchParams.get('access_key') !== KEY)
      return { number, status: 200, body: refusal(101, 'invalid_access_key') };
    if (!/^\d+$/.test(number)) return { number, status: 200, body: refusal(211, 'non_numeric_phone_number_provided') };
    const known = numbers.get(number) ?? { valid: true, lineType: 'mobile', carrier: 'Example Mobile' };
    return { number, status: 200, body: numverifyBody(number, known) };
  });

const numverifyBody = (number: string, { valid, lineType, carrier = '' }: FakeNumber) => ({
  valid,
  number,
  local_format: valid ? number.slice(1) : '',
  international_format: valid ? `+${number}` : '',
  country_prefix: valid ? '+1' : '',
  country_code: valid ? 'US' : '',
  country_name: valid ? 'United States of America' : '',
  location: '',
  carrier,
  line_type: lineType,
});

/** Lookup v2: `/v2/PhoneNumbers/{E164}?Fields=line_type_intelligence` with basic authentication. */
export const fakeTwilioLookup = (): Promise<FakeValidator> =>
  serve((request, numbers) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const number = decodeURIComponent(url.pathname.replace('/v2/PhoneNumbers/', '')).replace('+', '');
    if (request.headers.authorization !== `Basic ${Buffer.from(SID_AND_SECRET).toString('base64')}`)
      return { number, status: 401, body: { code: 20003, message: 'Authenticate', status: 401 } };
    const known = numbers.get(number) ?? { valid: true, lineType: 'mobile', carrier: 'Example Mobile' };
    return { number, status: 200, body: twilioBody(number, known, url.searchParams.get('Fields')) };
  });

const twilioBody = (number: string, { valid, lineType, carrier }: FakeNumber, fields: string | null) => ({
  calling_country_code: '1',
  country_code: valid ? 'US' : null,
  phone_number: `+${number}`,
  national_format: number,
  valid,
  validation_errors: valid ? [] : ['INVALID_BUT_POSSIBLE'],
  line_type_intelligence:
    fields === 'line_type_intelligence' && valid
      ? {
          type: lineType,
          carrier_name: carrier ?? null,
          mobile_country_code: null,
          mobile_network_code: null,
          error_code: null,
        }
      : null,
});

type Answering = (
  request: http.IncomingMessage,
  numbers: ReadonlyMap<string, FakeNumber>,
) => { readonly number: string; readonly status: number; readonly body: object };

async function serve(answer: Answering): Promise<FakeValidator> {
  const fake: Omit<FakeValidator, 'url'> = { asked: [], numbers: new Map(), trouble: undefined, hold: undefined };
  const server = http.createServer(async (request, response) => {
    const { number, status, body } = answer(request, fake.numbers);
    fake.asked.push(number);
    await fake.hold?.();
    const { trouble } = fake;
    if (trouble?.kind === 'cut') return void response.destroy();
    const said = trouble ?? ('kind' in body ? (body as Trouble & { kind: 'body' }) : undefined);
    response.writeHead(said?.status ?? status, { 'content-type': 'application/json', ...said?.headers });
    response.end(said?.body ?? JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('fake validator: no port');
  afterAll(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return Object.assign(fake, { url: `http://127.0.0.1:${address.port}` });
}
