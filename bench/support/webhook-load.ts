import { createHmac } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/**
 * A gateway that posts webhooks as fast as they are answered, or at a rate: `node webhook-load.ts <url> <secret>`. Over sockets of its
 * own and with bodies made beforehand, so that it takes as little of the machine as it can. Told `{ events, connections, perSecond }`,
 * it tells how they were answered.
 */
export interface LoadOrder {
  readonly events: readonly LoadEvent[];
  readonly connections: number;
  /** 0: as fast as they are answered. */
  readonly perSecond: number;
}

export interface LoadEvent {
  readonly id: string;
  readonly type: string;
  readonly object: object;
}

export interface LoadAnswer {
  readonly byStatus: Readonly<Record<string, number>>;
  readonly ms: number;
  /** Of each event, in the order of the events; from the instant at which it should have been sent. */
  readonly latencies: readonly number[];
}

const [url = '', secret = ''] = process.argv.slice(2);
const { hostname, port, pathname } = new URL(url);
const key = Buffer.from(secret, 'base64');

function requestOf({ id, type, object }: LoadEvent): Buffer {
  const at = Date.now();
  const body = JSON.stringify({
    id,
    object: 'event',
    apiVersion: 'v4',
    createdAt: new Date(at).toISOString(),
    type,
    data: { object },
  });
  const signature = createHmac('sha256', key).update(`${at}.`).update(body).digest('base64');
  return Buffer.from(
    `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n` +
      `openphone-signature: hmac;1;${at};${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const HEADERS_END = Buffer.from('\r\n\r\n');

/** One request after the other on one connection; resolves with the status of each. */
async function openLine(): Promise<{ post(request: Buffer): Promise<string>; end(): void }> {
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let buffered: Buffer = Buffer.alloc(0);
  let answered: ((status: string) => void) | undefined;
  let failed: ((error: Error) => void) | undefined;
  socket.on('data', (chunk) => {
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
    const headersEnd = buffered.indexOf(HEADERS_END);
    if (headersEnd < 0) return;
    const head = buffered.toString('latin1', 0, headersEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
    const chunked = Number.isNaN(length);
    if (chunked ? buffered.indexOf('\r\n0\r\n\r\n') < 0 : buffered.length < headersEnd + 4 + length) return;
    buffered = Buffer.alloc(0);
    answered?.(head.slice(9, 12));
  });
  socket.on('close', () => failed?.(new Error('the connection was closed')));
  socket.on('error', (error) => failed?.(error));
  return {
    post: (request) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the server closed a connection that rested'));
        answered = resolve;
        failed = reject;
        socket.write(request);
      }),
    end: () => socket.destroy(),
  };
}

async function perform({ events, connections, perSecond }: LoadOrder): Promise<LoadAnswer> {
  const requests = events.map(requestOf);
  const lines = await Promise.all(Array.from({ length: connections }, openLine));
  const latencies = new Array<number>(requests.length).fill(Number.NaN);
  const byStatus: Record<string, number> = {};
  const startedAt = performance.now();
  const dueAt = (index: number): number =>
    perSecond === 0 ? performance.now() : startedAt + (index * 1_000) / perSecond;
  let next = 0;
  const work = async (line: (typeof lines)[number]): Promise<void> => {
    for (let index = next++; index < requests.length; index = next++) {
      const due = dueAt(index);
      const early = due - performance.now();
      if (early > 0.5) await new Promise((resolve) => setTimeout(resolve, early));
      const status = await line.post(requests[index] ?? Buffer.alloc(0));
      latencies[index] = performance.now() - due;
      byStatus[status] = (byStatus[status] ?? 0) + 1;
    }
  };
  await Promise.all(lines.map(work));
  const ms = performance.now() - startedAt;
  for (const line of lines) line.end();
  return { byStatus, ms, latencies };
}

process.send?.('ready');
process.on('message', (message) => {
  if (message === 'stop') return process.disconnect();
  void perform(message as LoadOrder).then((answer) => process.send?.(answer));
});
