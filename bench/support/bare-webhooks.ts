import { createServer, type IncomingMessage } from 'node:http';
import { quoWebhookEdge } from '../../src/gateways/quo/quo-webhook.ts';
import { newConnection } from '../../src/platform/database.ts';
import { groupCommit } from '../../src/platform/group-commit.ts';
import { instantFromMs } from '../../src/platform/time.ts';

/**
 * What the intake's speed is compared with: a bare handler that checks the same signature, stores body and id by one grouped insert and
 * answers, and does nothing else: `node bare-webhooks.ts <database> <secret>`.
 */
const [connectionString = '', secret = ''] = process.argv.slice(2);
const GROUP_MAX = 500;
const TOLERANCE_MS = 300_000;

const client = newConnection({ connectionString, applicationName: 'bench-bare' });
await client.connect();
await client.query(
  'create table if not exists bare_event (event_id text primary key, payload text not null, received_at timestamptz not null)',
);
const stored = groupCommit<{ readonly id: string; readonly body: string }, true>({
  sizeMax: GROUP_MAX,
  async commit(events) {
    await client.query({
      name: 'store',
      text: `insert into bare_event select id, body, now() from json_to_recordset($1::json) as x (id text, body text) on conflict do nothing`,
      values: [JSON.stringify(events)],
    });
    return events.map(() => true as const);
  },
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  const rawBody = await bodyOf(request);
  const verified = quoWebhookEdge.verify({
    url: request.url ?? '',
    rawBody,
    header: (name) => request.headers[name]?.toString(),
    secrets: [secret],
    now: instantFromMs(Date.now()),
    toleranceMs: TOLERANCE_MS,
  });
  if (verified.ok) {
    const body = rawBody.toString('utf8');
    await stored.add({ id: JSON.parse(body).id, body });
  }
  response.writeHead(verified.ok ? 200 : 401, { 'content-length': 2 });
  response.end('{}');
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` });
});
process.once('message', async () => {
  server.close();
  server.closeAllConnections();
  await client.end();
  process.disconnect();
});
