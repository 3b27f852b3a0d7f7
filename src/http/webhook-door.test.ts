import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../platform/config.ts';
import { createLog } from '../platform/log.ts';
import { err, ok } from '../platform/result.ts';
import { tooMany } from '../webhooks/incoming.ts';
import type { DoorIntake } from '../webhooks/intake.ts';
import { type DoorPatience, webhookDoor } from './webhook-door.ts';

async function serve(
  receive: DoorIntake['receive'],
  {
    env = {},
    countTooLarge = async () => undefined,
    ...options
  }: DoorPatience & {
    readonly env?: Readonly<Record<string, string>>;
    readonly countTooLarge?: DoorIntake['countTooLarge'];
  } = {},
) {
  const door = webhookDoor(
    {
      intake: { receive, countTooLarge },
      config: parseConfig(env, '/nowhere'),
      log: createLog({ level: 'silent' }),
      newUuid: () => '00000000-0000-7000-8000-000000000000',
    },
    options,
  );
  const server = createServer((request, response) => door(request, response) || response.end('a page'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

const ADDRESS = `/webhooks/quo/acc_${'0'.repeat(32)}`;

it('lets go of whoever announces a body and does not send it, and of nobody else', async () => {
  const unreachable = () => {
    throw new Error('nothing of this comes in whole');
  };
  const port = await serve(unreachable, { silenceMsMax: 50 });
  const send = (path: string) => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{`);
    return socket;
  };
  const [silent, page] = [send(ADDRESS), send('/v1/imports')];
  await once(page, 'data');
  await once(silent, 'close');
  expect(page.destroyed).toBe(false);
  page.destroy();
});

it('lets go of whoever sends a byte now and then, once the whole has taken too long', async () => {
  const unreachable = () => {
    throw new Error('nothing of this comes in whole');
  };
  const port = await serve(unreachable, { silenceMsMax: 60_000, requestMsMax: 100 });
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`POST ${ADDRESS} HTTP/1.1\r\nhost: x\r\ncontent-length: 900000\r\n\r\n`);
  const dripping = setInterval(() => socket.write('{'), 5);
  onTestFinished(() => clearInterval(dripping));
  // `once` would take the reset, which is one way of being let go, for a failure.
  await new Promise((resolve) => socket.once('close', resolve));
});

it('takes what comes in drops within its time', async () => {
  const received: number[] = [];
  const port = await serve(
    async (one) => {
      received.push(one.rawBody.length);
      throw new Error('enough is known');
    },
    { silenceMsMax: 50_000, requestMsMax: 60_000 },
  );
  const socket = connect(port, '127.0.0.1');
  socket.write(`POST ${ADDRESS} HTTP/1.1\r\nhost: x\r\ncontent-length: 20\r\n\r\n`);
  const dripping = setInterval(() => socket.write('{'), 5);
  onTestFinished(() => clearInterval(dripping));
  await once(socket, 'data');
  socket.destroy();
  expect(received).toEqual([20]);
});

it('says to whoever sends too many when to send again', async () => {
  const port = await serve(async () => err(tooMany(7)));
  const answer = await fetch(`http://127.0.0.1:${port}${ADDRESS}`, { method: 'POST', body: '{}' });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
  expect(await answer.json()).toMatchObject({ status: 429 });
});

it.each([
  [
    'the database is away before any account is known',
    503,
    Object.assign(new Error('no way'), { code: 'ECONNREFUSED' }),
  ],
  ['something is wrong with us', 500, new Error('a mistake')],
])('says by its status that %s', async (_what, status, error) => {
  const port = await serve(() => Promise.reject(error));
  const answer = await fetch(`http://127.0.0.1:${port}${ADDRESS}`, { method: 'POST', body: '{}' });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, status === 503 ? '5' : null]);
});

it.each([
  ['of the client, behind a proxy of ours', { TRUSTED_PROXIES: '127.0.0.1' }, '203.0.113.5'],
  ['of the connection, whatever it claims, without one', {}, '127.0.0.1'],
])('takes for the source the address %s', async (_what, env, expected) => {
  const sources: string[] = [];
  const receive: DoorIntake['receive'] = async ({ source }) => {
    sources.push(source);
    return ok({ repeated: false });
  };
  const port = await serve(receive, { env, countTooLarge: async ({ source }) => void sources.push(source) });
  for (const body of ['{}', 'x'.repeat(1_000_001)])
    await fetch(`http://127.0.0.1:${port}${ADDRESS}`, {
      method: 'POST',
      body,
      headers: { 'x-forwarded-for': '8.8.8.8, 203.0.113.5' },
    });
  expect(sources).toEqual([expected, expected]);
});
