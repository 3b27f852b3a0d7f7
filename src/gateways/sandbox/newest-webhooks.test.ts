import { afterEach, expect, it } from 'vitest';
import { type PostedWebhook, startWebhookReceiver } from '../../../test/webhook-receiver.ts';
import { manualClock } from '../../platform/clock.ts';
import { seededRandom } from '../../platform/random.ts';
import { instant, MINUTE_MS } from '../../platform/time.ts';
import { quoGateway } from '../quo/quo-gateway.ts';
import { quoWebhookEdge } from '../quo/quo-webhook.ts';
import { DEFAULT_PEOPLE, personOf } from './people.ts';
import { startSandbox } from './sandbox.ts';

const KEY = 'key';
const LINE = '+16175550100';
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function world() {
  const clock = manualClock(instant('2026-11-17T15:00:00Z'));
  const sandbox = await startSandbox({
    clock,
    seed: 7,
    accounts: [{ apiKey: KEY, numbers: [{ id: 'PN1', phone: LINE, name: 'Main' }] }],
    people: { replyShare: 0 },
    faults: {},
    limits: { requestsPerSecond: Number.POSITIVE_INFINITY },
  });
  const receiver = await startWebhookReceiver();
  closers.push(sandbox.close, receiver.close);
  const gateway = quoGateway({
    baseUrl: sandbox.url,
    apiKey: KEY,
    clock,
    random: seededRandom(1),
    requestTimeoutMs: 5_000,
  });
  const made = await gateway.webhooks.create({ part: 'all', url: receiver.url });
  if (!made.ok || made.value.secret === undefined) throw new Error('the sandbox refused the webhook');
  const read = (post: PostedWebhook, secret = made.value.secret ?? '') => {
    const now = clock.now();
    const verified = quoWebhookEdge.verify({
      ...post,
      url: receiver.url,
      secrets: [secret],
      now,
      toleranceMs: MINUTE_MS,
    });
    const event = quoWebhookEdge.parse(post.rawBody, now);
    return { verified: verified.ok, event: event.ok ? event.value : event.error };
  };
  const settle = async (): Promise<void> => {
    for (let due = sandbox.nextDueAt(); due !== undefined; due = sandbox.nextDueAt()) {
      await clock.set(due);
      await sandbox.quiet();
    }
  };
  return { clock, sandbox, receiver, gateway, made: made.value, read, settle };
}

it('posts texts, receipts and failures of the newest generation in its own envelope, signed its way', async () => {
  const { sandbox, receiver, gateway, read, settle } = await world();
  const phones = Array.from({ length: 200 }, (_, n) => `+1617555${2000 + n}`);
  const dead = phones.find((phone) => personOf({ seed: 7, phone, model: DEFAULT_PEOPLE }).line !== 'mobile');
  await sandbox.personTexts({ from: '+16175550142', to: LINE, text: 'Sí 👍' });
  await gateway.send({ laneRef: 'PN1', to: dead ?? '', text: 'Hello' });
  await settle();
  const seen = receiver.posts.map((post) => read(post));
  expect(seen.every(({ verified }) => verified)).toBe(true);
  expect(seen.map(({ event }) => event)).toMatchObject([
    { type: 'message_received', from: '+16175550142', to: [LINE], laneRef: 'PN1', text: 'Sí 👍' },
    { type: 'message_status', status: 'undelivered', errorCode: '30006', to: dead },
  ]);
});

it('posts a call with everything that the provider makes of it', async () => {
  const { sandbox, receiver, read, settle } = await world();
  for (let caller = 0; caller < 12; caller += 1) sandbox.personCalls({ from: `+1617555300${caller % 10}`, to: LINE });
  await settle();
  const types = receiver.posts.map((post) => {
    const { event } = read(post);
    return 'type' in event ? event.type : event.message;
  });
  expect(new Set(types)).toEqual(new Set(['call_progress', 'call_recording', 'call_summary', 'call_transcript']));
});

it('signs with the other key as soon as it is rotated, and posts nothing once it is switched off', async () => {
  const { sandbox, receiver, gateway, made, read, settle } = await world();
  const listed = await gateway.webhooks.list();
  const registration = listed.ok ? listed.value[0] : undefined;
  if (registration === undefined) throw new Error('nothing is listed');
  expect(registration).toMatchObject({ ref: made.ref, part: 'all', lacks: [], narrowed: false, secret: undefined });
  const rotated = await gateway.webhooks.rotate(registration, receiver.url);
  await sandbox.personTexts({ from: '+16175550142', to: LINE, text: 'Hello' });
  await settle();
  const [post] = receiver.posts;
  if (post === undefined || !rotated.ok) throw new Error('nothing was posted');
  expect([read(post).verified, read(post, rotated.value.secret).verified]).toEqual([false, true]);
  const headers = { authorization: KEY, 'quo-api-version': '2026-03-30', 'content-type': 'application/json' };
  const change = (body: object) =>
    fetch(`${sandbox.url}/webhooks/${made.ref}`, { method: 'PATCH', headers, body: JSON.stringify(body) });
  expect((await change({ status: 'disabled', events: ['message.received'], resourceIds: ['PN9'] })).status).toBe(200);
  expect((await change({ events: ['message.eaten'] })).status).toBe(400);
  const after = await gateway.webhooks.list();
  expect(after.ok && after.value[0]).toMatchObject({ enabled: false, narrowed: true });
  expect(after.ok && after.value[0]?.lacks).toContain('receipts');
  await sandbox.personTexts({ from: '+16175550142', to: LINE, text: 'Anybody?' });
  await settle();
  expect(receiver.posts).toHaveLength(1);
});
