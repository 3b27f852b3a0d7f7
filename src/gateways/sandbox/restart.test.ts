import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWebhookReceiver, type WebhookReceiver } from '../../../test/webhook-receiver.ts';
import { type ManualClock, manualClock } from '../../platform/clock.ts';
import { HOUR_MS, instant, SECOND_MS } from '../../platform/time.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

const KEY = 'key';
const LANE = { id: 'PNmain', phone: '+16175550100', name: 'Main' };
const people = Array.from({ length: 40 }, (_, index) => `+1617555${2_000 + index}`);

let folder: string;
let clock: ManualClock;
let receiver: WebhookReceiver;
let sandbox: Sandbox;
const journalPath = (): string => join(folder, 'sandbox.jsonl');

const start = async (seed = 5): Promise<Sandbox> => {
  sandbox = await startSandbox({
    clock,
    seed,
    journalPath: journalPath(),
    accounts: [{ apiKey: KEY, numbers: [LANE] }],
    people: { replyShare: 1, landlineShare: 0, unreachableShare: 0 },
    limits: { requestsPerSecond: Number.POSITIVE_INFINITY },
    faults: {},
    spontaneous: [{ from: '+16175553000', to: LANE.phone, text: 'Are you open?', afterMs: SECOND_MS }],
  });
  return sandbox;
};
const post = async (path: string, json: unknown): Promise<number> => {
  const response = await fetch(`${sandbox.url}${path}`, {
    method: 'POST',
    headers: { authorization: KEY },
    body: JSON.stringify(json),
  });
  await response.arrayBuffer();
  return response.status;
};
const sendToAll = async (): Promise<void> => {
  for (const to of people) expect(await post('/v1/messages', { content: 'Hi', from: LANE.id, to: [to] })).toBe(202);
};
const register = (url = receiver.url): Promise<number> =>
  post('/v1/webhooks/messages', { url, events: ['message.received', 'message.delivered'] });
const play = async (): Promise<void> => {
  for (;;) {
    await sandbox.quiet();
    const next = sandbox.nextDueAt();
    if (next === undefined) return;
    await clock.set(next);
  }
};
const story = () => ({
  accepted: sandbox.accepted().map(({ to, status }) => `${to} ${status}`),
  inbound: sandbox
    .inbound()
    .map(({ from, text, sentAt, answeredAt }) => ({ from, text, sentAt, answered: answeredAt !== undefined })),
});
const posted = (): readonly string[] =>
  receiver.posts.map(({ rawBody }) => {
    const { type, data } = JSON.parse(Buffer.from(rawBody).toString('utf8'));
    return `${type} ${data.object.id}`;
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  clock = manualClock(instant('2026-11-02T15:00:00Z'));
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await sandbox.crash();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

describe('a sandbox that dies and comes back', () => {
  it('tells the same story as one that lived on, wherever it died', async () => {
    await start();
    await register();
    await sendToAll();
    await play();
    const undisturbed = story();
    expect(undisturbed.inbound).toHaveLength(people.length + 1);
    expect(undisturbed.inbound.every(({ answered }) => answered)).toBe(true);
    await sandbox.crash();

    for (const deathAfterMs of [0, 700, 3 * SECOND_MS, 20 * SECOND_MS, HOUR_MS]) {
      rmSync(journalPath());
      clock = manualClock(instant('2026-11-02T15:00:00Z'));
      await start();
      await register();
      await sendToAll();
      await clock.advance(deathAfterMs);
      await sandbox.crash();
      await start();
      await play();
      expect(story()).toEqual(undisturbed);
    }
  });

  it('goes on posting what nobody has answered, also to an endpoint that is registered only afterwards', async () => {
    await start();
    await register('http://127.0.0.1:9/gone');
    await sendToAll();
    await clock.advance(2 * HOUR_MS);
    await sandbox.quiet();
    await sandbox.crash();
    await start();
    await register();
    await play();
    const events = posted();
    expect(events.filter((event) => event.startsWith('message.delivered'))).toHaveLength(people.length);
    expect(events.filter((event) => event.startsWith('message.received'))).toHaveLength(people.length + 1);
    expect(new Set(events).size).toBe(events.length);
  });

  it('does not post again what was answered, nor texts twice', async () => {
    await start();
    await register();
    await sendToAll();
    await play();
    const before = posted();
    await sandbox.crash();
    await start();
    await play();
    expect(posted()).toEqual(before);
    expect(sandbox.accepted()).toHaveLength(people.length);
  });

  it('posts again what was under way when it died', async () => {
    await start();
    await register();
    receiver.answerWith('silence');
    await clock.advance(10 * SECOND_MS);
    while (receiver.posts.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await sandbox.crash();
    const written = readFileSync(journalPath());
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(readFileSync(journalPath())).toEqual(written);
    receiver.answerWith(200);
    await start();
    await clock.advance(SECOND_MS);
    await sandbox.quiet();
    expect(posted()).toHaveLength(2);
    expect(new Set(posted()).size).toBe(1);
    expect(sandbox.inbound()[0]?.answeredAt).toBeDefined();
  });

  it('never gives an id twice', async () => {
    await start();
    await sendToAll();
    await sandbox.crash();
    await start();
    await sendToAll();
    const ids = sandbox.accepted().map(({ id }) => id);
    expect(new Set(ids).size).toBe(2 * people.length);
  });

  it('forgets a change whose line was not finished, and it alone', async () => {
    await start();
    await sendToAll();
    await sandbox.crash();
    const size = readFileSync(journalPath()).length;
    truncateSync(journalPath(), size - 20);
    await start();
    expect(sandbox.accepted()).toHaveLength(people.length - 1);
    await sendToAll();
    await sandbox.crash();
    await start();
    expect(sandbox.accepted()).toHaveLength(2 * people.length - 1);
  });

  it.each([
    ['another file', 'hello\n', /jsonl:1: not a line/],
    ['a broken line in the middle', undefined, /jsonl:2: not a line/],
  ])('refuses %s, and says where', async (_what, content, message) => {
    await start();
    await sandbox.crash();
    if (content === undefined) appendFileSync(journalPath(), '{"kind":\n');
    else writeFileSync(journalPath(), content);
    await expect(start()).rejects.toThrow(message);
  });

  it('refuses to go on with other people', async () => {
    await start(5);
    await sandbox.crash();
    await expect(start(6)).rejects.toThrow('seed 5, got 6');
  });
});
