import { createServer } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { CERTIFICATE, hookServer } from '../../test/hook-server.ts';
import { type GuardedRequest, guardedFetch, publicLookup } from './guarded-fetch.ts';
import { type Network, parseNetwork } from './network-address.ts';

const networks = (...texts: readonly string[]): readonly Network[] =>
  texts.map((text) => {
    const parsed = parseNetwork(text);
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.value;
  });
const HERE = networks('127.0.0.0/8');
const never = () => Promise.reject(new Error('nothing is to be looked up here'));

const post = (url: string, options: Partial<GuardedRequest> = {}) =>
  guardedFetch({
    url,
    method: 'POST',
    headers: { 'x-test': 'yes' },
    body: Buffer.from('hello'),
    allowed: [],
    timeoutMs: 10_000,
    answerBytesMax: 1_024,
    resolve: never,
    ...options,
  });
const pointing = (...addresses: readonly string[]) => ({ resolve: async () => addresses });

const hook = await hookServer();
const secure = await hookServer({ secure: true });

describe('an address that is not public is refused before anything is sent', () => {
  it.each([
    ['this machine', 'http://127.0.0.1'],
    ['this machine in decimal', 'http://2130706433'],
    ['this machine in hexadecimal', 'http://0x7f000001'],
    ['this machine in octal', 'http://0177.0.0.01'],
    ['this machine in two numbers', 'http://127.1'],
    ['this machine with a dot at the end', 'http://127.0.0.1.'],
    ['this machine in full-width digits', 'http://１２７.0.0.1'],
    ['this machine, escaped', 'http://%31%32%37.0.0.1'],
    ['no machine, which is this one', 'http://0.0.0.0'],
    ['no machine in one number', 'http://0'],
    ['this machine over IPv6', 'http://[::1]'],
    ['no machine over IPv6', 'http://[::]'],
    ['this machine as IPv4 inside of IPv6', 'http://[::ffff:127.0.0.1]'],
    ['the same in hexadecimal', 'http://[::ffff:7f00:1]'],
    ['this machine behind a NAT64', 'http://[64:ff9b::127.0.0.1]'],
    ['a private network', 'https://10.0.0.5'],
    ['the metadata of a cloud', 'https://169.254.169.254'],
    ['a multicast address', 'https://224.0.0.1'],
    ['a unique local address', 'https://[fd00:ec2::254]'],
  ])('%s', async (_case, origin) => {
    const before = hook.connections();
    expect(await post(`${origin}:${hook.port}/`)).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(/to the allowed networks if it is meant$/),
    });
    expect(hook.connections()).toBe(before);
  });

  it.each([
    ['127.0.0.1', 'hook.example.test (127.0.0.1) is this machine'],
    ['::ffff:127.0.0.1', 'hook.example.test (127.0.0.1) is this machine'],
    ['192.168.1.1', 'hook.example.test (192.168.1.1) is in a private network'],
    ['::1', 'hook.example.test (::1) is this machine'],
    ['not an address', '"not an address" is no address'],
  ])('behind a name that points to %s', async (address, words) => {
    for (const url of ['https://hook.example.test', 'https://hook.example.test.', 'http://HOOK.example.test'])
      expect(await post(`${url}:${hook.port}/`, pointing(address))).toEqual({
        kind: 'refused',
        reason: expect.stringContaining(words),
      });
  });

  it.each([
    ['a user', 'http://someone@127.0.0.1/', 'leave them out'],
    ['a password', 'https://:word@hook.example.test/', 'leave them out'],
    ['a fragment', 'https://hook.example.test/#part', 'leave it out'],
    ['another protocol', 'file:///etc/passwd', 'begins with https://'],
    ['one that looks like a host', 'gopher://hook.example.test/', 'begins with https://'],
    ['no form', 'hook.example.test', 'begins with https://'],
  ])('with %s, whatever is allowed', async (_case, url, words) => {
    expect(await post(url, { allowed: HERE, ...pointing('127.0.0.1') })).toEqual({
      kind: 'refused',
      reason: expect.stringContaining(words),
    });
  });

  it('over http when it is not listed, and at the port of another service', async () => {
    expect(await post('http://hook.example.test/', pointing('93.184.216.34'))).toEqual({
      kind: 'refused',
      reason: expect.stringContaining('use https'),
    });
    expect(await post('https://hook.example.test:25/', pointing('93.184.216.34'))).toEqual({
      kind: 'refused',
      reason: expect.stringContaining('port 25 belongs to another service'),
    });
  });

  it('when another network is listed than the one that it is in', async () => {
    const options = { allowed: networks('10.0.0.0/8', '127.0.0.2'), ...pointing('127.0.0.1') };
    expect(await post(`http://hook.example.test:${hook.port}/`, options)).toMatchObject({ kind: 'refused' });
  });
});

describe('an address that is listed', () => {
  it('is posted to, with these headers and no others of ours', async () => {
    const answer = await post(`http://127.0.0.1:${hook.port}/a?b=c`, { allowed: HERE });
    expect(answer).toEqual({ kind: 'answered', status: 200, body: '' });
    expect(hook.posts.at(-1)).toEqual({
      path: '/a?b=c',
      body: 'hello',
      headers: { 'x-test': 'yes', host: `127.0.0.1:${hook.port}`, 'content-length': '5', connection: 'close' },
    });
  });

  it('is looked up once, and the connection goes to what was looked at', async () => {
    const other = await hookServer({ host: '127.0.0.2', port: hook.port });
    const before = hook.posts.length;
    const answers = [['127.0.0.1'], ['127.0.0.2']];
    let asked = 0;
    const resolve = async () => answers[asked++] ?? [];
    await post(`http://hook.example.test:${hook.port}/`, { allowed: networks('127.0.0.1'), resolve });
    expect({ asked, here: hook.posts.length - before, elsewhere: other.connections() }).toEqual({
      asked: 1,
      here: 1,
      elsewhere: 0,
    });
    expect(hook.posts.at(-1)?.headers.host).toBe(`hook.example.test:${hook.port}`);
  });

  it('is chosen among several of one name', async () => {
    const options = { allowed: HERE, ...pointing('::1', '10.0.0.1', '127.0.0.1') };
    expect(await post(`http://hook.example.test:${hook.port}/`, options)).toMatchObject({ status: 200 });
  });

  it('may send elsewhere, and nobody follows', async () => {
    const elsewhere = await hookServer();
    hook.answer = (response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/` }).end('go on');
    expect(await post(`http://127.0.0.1:${hook.port}/`, { allowed: HERE })).toEqual({
      kind: 'answered',
      status: 307,
      body: 'go on',
    });
    expect(elsewhere.connections()).toBe(0);
    hook.answer = 200;
  });

  it('is read to a kilobyte, however much it says', async () => {
    hook.answer = (response) => {
      const chunk = Buffer.alloc(65_536, 'x');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response
        .writeHead(500)
        .on('drain', more)
        .on('error', () => undefined);
      more();
    };
    const answer = await post(`http://127.0.0.1:${hook.port}/`, { allowed: HERE });
    expect(answer).toEqual({ kind: 'answered', status: 500, body: 'x'.repeat(1_024) });
    hook.answer = 200;
  });

  it('counts by its status when the rest of its answer does not come', async () => {
    hook.answer = (response) => void response.writeHead(202, { 'content-length': '100' }).write('so far');
    const answer = await post(`http://127.0.0.1:${hook.port}/`, { allowed: HERE, timeoutMs: 300 });
    expect(answer).toEqual({ kind: 'answered', status: 202, body: 'so far' });
    hook.answer = 200;
  });

  it('is given up when it does not answer in time, or when nobody waits any more', async () => {
    hook.answer = 'silence';
    const url = `http://127.0.0.1:${hook.port}/`;
    expect(await post(url, { allowed: HERE, timeoutMs: 100 })).toEqual({
      kind: 'failed',
      reason: 'no answer within 0.1 s',
    });
    const stopping = new AbortController();
    const answer = post(url, { allowed: HERE, signal: stopping.signal });
    stopping.abort();
    expect(await answer).toMatchObject({ kind: 'failed' });
    hook.answer = 200;
  });

  it('is given up when its name is not found in time', async () => {
    const answer = post('https://hook.example.test/', { resolve: () => new Promise(() => undefined), timeoutMs: 100 });
    expect(await answer).toEqual({ kind: 'failed', reason: 'no answer within 0.1 s' });
  });

  it('that does not listen is said in words', async () => {
    const closed = createServer();
    const port = await new Promise<number>((resolve) =>
      closed.listen(0, '127.0.0.1', () => resolve(Number((closed.address() as { port: number }).port))),
    );
    await new Promise((resolve) => closed.close(resolve));
    expect(await post(`http://127.0.0.1:${port}/`, { allowed: HERE })).toEqual({
      kind: 'failed',
      reason: 'nothing listens there (ECONNREFUSED)',
    });
  });

  it('does not throw for headers that no request may have', async () => {
    const headers = { 'x-test': 'one\r\nx-other: two' };
    expect(await post(`http://127.0.0.1:${hook.port}/`, { allowed: HERE, headers })).toMatchObject({ kind: 'failed' });
  });
});

describe('over https', () => {
  const url = `https://hook.example.test:${secure.port}/`;
  const listed = { allowed: HERE, ...pointing('127.0.0.1') };

  it('a certificate for the name is taken, also for an address', async () => {
    expect(await post(url, { ...listed, trusted: CERTIFICATE })).toMatchObject({ status: 200 });
    const byNumber = `https://127.0.0.1:${secure.port}/`;
    expect(await post(byNumber, { allowed: HERE, trusted: CERTIFICATE })).toMatchObject({ status: 200 });
  });

  it('one that is signed by nobody known is not, whatever the environment says', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    afterAll(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']);
    const before = secure.posts.length;
    expect(await post(url, listed)).toEqual({
      kind: 'failed',
      reason: 'its certificate is signed by nobody known (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    expect(secure.posts.length).toBe(before);
  });

  it('one for another name is not, nor one that speaks http', async () => {
    const other = `https://other.example.test:${secure.port}/`;
    expect(await post(other, { ...listed, trusted: CERTIFICATE })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('its certificate is for another name'),
    });
    expect(await post(`https://hook.example.test:${hook.port}/`, listed)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('it does not speak https'),
    });
  });
});

describe('the look-up of clients that open their own connections', () => {
  const lookedUp = (addresses: readonly string[], all: boolean) =>
    new Promise((resolve) =>
      publicLookup(async () => addresses)('api.example.com', { all }, (error, address, family) =>
        resolve(error === null ? [address, family] : error.message),
      ),
    );

  it('gives the public addresses of a name, and no others', async () => {
    const addresses = ['127.0.0.1', '93.184.216.34', '::ffff:10.0.0.1', '2606:4700::1'];
    expect(await lookedUp(addresses, false)).toEqual(['93.184.216.34', 4]);
    expect(await lookedUp(addresses, true)).toEqual([
      [
        { address: '93.184.216.34', family: 4 },
        { address: '2606:4700::1', family: 6 },
      ],
      undefined,
    ]);
  });

  it('refuses a name without one', async () => {
    expect(await lookedUp(['10.0.0.1', '169.254.169.254'], false)).toBe('api.example.com leads to no public address');
  });
});
