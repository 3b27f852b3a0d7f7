import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll } from 'vitest';

/** Services that know do-not-call lists, at the wire; nothing of the product is in here. Numbers have ten digits. */
export interface FakeScrub {
  readonly url: string;
  /** The numbers of each request, in order. */
  readonly asked: (readonly string[])[];
  /** What it says of a number, in its own words; of others that they are on no list. */
  readonly listed: Map<string, string>;
  /** Numbers that it leaves out of its answers. */
  readonly silent: Set<string>;
  /** How it answers instead. */
  trouble: { readonly status: number; readonly body: string } | 'cut' | undefined;
}

export const SCRUB_KEY = 'scrub-test-key';

/** Bulk lookup: `POST /bulklookup?key=&ver=&resp=json`, numbers of ten digits; its `supression` is spelt so. */
export const fakeBlacklistAlliance = (): Promise<FakeScrub> =>
  serve(async (request, fake) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    if (request.method !== 'POST' || url.pathname !== '/bulklookup') return { status: 404, body: {} };
    if (url.searchParams.get('key') !== SCRUB_KEY || url.searchParams.get('resp') !== 'json')
      return { status: 200, body: { status: 'error', message: 'Invalid key' } };
    const { phones } = JSON.parse(await text(request)) as { phones: string[] };
    fake.asked.push(phones);
    const answered = phones.filter((phone) => !fake.silent.has(phone));
    const listed = answered.filter((phone) => fake.listed.has(phone));
    const body = {
      status: 'success',
      numbers: phones.length,
      count: listed.length,
      phones: answered.filter((phone) => !fake.listed.has(phone)),
      supression: listed,
      wireless: answered,
      reasons: Object.fromEntries(listed.map((phone) => [phone, fake.listed.get(phone)])),
    };
    return { status: 200, body: phones.length % 2 === 0 ? body : [body] };
  });

/** `POST /app/main/rpc/scrub` with the header `loginId`; what is listed is `code|reason`. All values are text. */
export const fakeDncScrub = (): Promise<FakeScrub> =>
  serve(async (request, fake) => {
    if (request.url !== '/app/main/rpc/scrub') return { status: 404, body: {} };
    if (request.headers['loginid'] !== SCRUB_KEY) return { status: 401, body: { error: 'loginId' } };
    const { phoneList } = JSON.parse(await text(request)) as { phoneList: string };
    const phones = phoneList.split(',');
    fake.asked.push(phones);
    const body = phones.flatMap((phone) => {
      if (fake.silent.has(phone)) return [];
      const [code = 'C', reason = ''] = (fake.listed.get(phone) ?? 'C|').split('|');
      return [{ Phone: phone, ResultCode: code, Reserved: '', Reason: reason, IsWirelessOrVoIP: '1' }];
    });
    return { status: 200, body };
  });

type Answering = (
  request: http.IncomingMessage,
  fake: Omit<FakeScrub, 'url'>,
) => Promise<{ readonly status: number; readonly body: unknown }>;

async function serve(answer: Answering): Promise<FakeScrub> {
  const fake: Omit<FakeScrub, 'url'> = { asked: [], listed: new Map(), silent: new Set(), trouble: undefined };
  const server = http.createServer(async (request, response) => {
    const said = await answer(request, fake);
    const { trouble } = fake;
    if (trouble === 'cut') return void response.destroy();
    response.writeHead(trouble?.status ?? said.status, { 'content-type': 'application/json' });
    response.end(trouble?.body ?? JSON.stringify(said.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('fake scrub service: no port');
  afterAll(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return Object.assign(fake, { url: `http://127.0.0.1:${address.port}` });
}
