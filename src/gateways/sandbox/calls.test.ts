import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWebhookReceiver, type WebhookReceiver } from '../../../test/webhook-receiver.ts';
import { type ManualClock, manualClock } from '../../platform/clock.ts';
import { instant, SECOND_MS } from '../../platform/time.ts';
import { planCall } from './calls.ts';
import { DEFAULT_PEOPLE, type PeopleModel, planReply } from './people.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

const KEY = 'key';
const LANE = { id: 'PNmain', phone: '+16175550100', name: 'Main' };
const PERSON = '+16175550142';
const START = instant('2026-11-02T15:00:00Z');

let folder: string;
let clock: ManualClock;
let receiver: WebhookReceiver;
let sandbox: Sandbox;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-calls-'));
  clock = manualClock(START);
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await sandbox.crash();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

const open = async (people: Partial<PeopleModel>): Promise<void> => {
  sandbox = await startSandbox({
    clock,
    seed: 5,
    journalPath: join(folder, 'journal'),
    accounts: [{ apiKey: KEY, numbers: [LANE] }],
    people: { landlineShare: 0, unreachableShare: 0, replyShare: 1, ...people },
    faults: {},
  });
};
const post = async (path: string, json: object): Promise<number> => {
  const response = await fetch(`${sandbox.url}${path}`, {
    method: 'POST',
    headers: { authorization: KEY },
    body: JSON.stringify(json),
  });
  await response.arrayBuffer();
  return response.status;
};
const register = async (): Promise<readonly number[]> => {
  const { url } = receiver;
  return [
    await post('/v1/webhooks/messages', { url, events: ['message.received'] }),
    await post('/v1/webhooks/calls', { url, events: ['call.ringing', 'call.completed', 'call.recording.completed'] }),
    await post('/v1/webhooks/call-summaries', { url, events: ['call.summary.completed'] }),
    await post('/v1/webhooks/call-transcripts', { url, events: ['call.transcript.completed'] }),
  ];
};
const play = async (): Promise<void> => {
  for (;;) {
    await sandbox.quiet();
    const next = sandbox.nextDueAt();
    if (next === undefined) return;
    await clock.set(next);
  }
};
const posted = () => receiver.posts.map(({ rawBody }) => JSON.parse(Buffer.from(rawBody).toString('utf8')));

const STORY = [
  'call.ringing',
  'call.completed',
  'call.recording.completed',
  'call.summary.completed',
  'call.transcript.completed',
];

describe('a person who calls', () => {
  it('and is answered: the call rings, ends, and is made into recording, summary and transcript', async () => {
    await open({ callTakenShare: 1 });
    expect(await register()).toEqual([201, 201, 201, 201]);
    const id = sandbox.personCalls({ from: PERSON, to: LANE.phone });
    await play();
    const events = posted();
    expect(events.map(({ type }) => type)).toEqual(STORY);
    const [ringing, completed, recording, summary, transcript] = events.map(({ data }) => data.object);
    expect(ringing).toMatchObject({ id, object: 'call', direction: 'incoming', status: 'ringing', answeredAt: null });
    expect(completed).toMatchObject({
      id,
      status: 'completed',
      participants: [PERSON, LANE.phone],
      phoneNumberId: LANE.id,
      createdAt: ringing.createdAt,
      answeredAt: expect.any(String),
      completedAt: expect.any(String),
      recordings: null,
      voicemail: null,
    });
    expect(recording.recordings).toMatchObject([{ type: 'audio/mpeg', duration: completed.duration }]);
    expect(summary).toMatchObject({ object: 'callSummary', callId: id, status: 'completed' });
    expect(transcript).toMatchObject({ object: 'callTranscript', callId: id, duration: completed.duration });
    expect(transcript.dialogue[1]).toMatchObject({ identifier: PERSON, userId: null });
  });

  it.each([
    ['with a voicemail', 1, expect.objectContaining({ type: 'audio/mpeg', duration: expect.any(Number) })],
    ['without a word', 0, null],
  ])('and is missed %s', async (_case, voicemailShare, voicemail) => {
    await open({ callTakenShare: 0, voicemailShare });
    await register();
    sandbox.personCalls({ from: PERSON, to: LANE.phone });
    await play();
    expect(posted().map(({ type }) => type)).toEqual(STORY.slice(0, 2));
    expect(posted()[1].data.object).toMatchObject({ status: 'no-answer', answeredAt: null, voicemail });
  });

  it('instead of writing does so once, and is in a conversation then', async () => {
    await open({
      callShare: 1,
      callTakenShare: 1,
      replyMix: { ...DEFAULT_PEOPLE.replyMix, reaction: 0, not_interested: 0, wrong_number: 0, stop: 0 },
    });
    await register();
    const text = () => post('/v1/messages', { content: 'Hi', from: LANE.id, to: [PERSON] });
    await text();
    await play();
    expect(posted().map(({ type }) => type)).toEqual(STORY);
    await text();
    await play();
    expect(posted()).toHaveLength(STORY.length);
    expect(sandbox.inbound()).toEqual([]);
  });

  it('goes on with the call when the sandbox dies and comes back', async () => {
    for (const deathAfterMs of [0, 20 * SECOND_MS, 600 * SECOND_MS]) {
      await open({ callTakenShare: 1 });
      await register();
      sandbox.personCalls({ from: PERSON, to: LANE.phone });
      await clock.advance(deathAfterMs);
      await sandbox.crash();
      await open({ callTakenShare: 1 });
      await play();
      const types = posted().map(({ type }) => type);
      expect(STORY.every((type) => types.includes(type))).toBe(true);
      await sandbox.crash();
      rmSync(join(folder, 'journal'));
    }
  });

  it.each([
    ['messages', ['call.completed']],
    ['calls', ['message.received']],
    ['calls', ['call.summary.completed']],
  ])('registration: /v1/webhooks/%s does not take %s', async (family, events) => {
    await open({});
    expect(await post(`/v1/webhooks/${family}`, { url: receiver.url, events })).toBe(400);
  });
});

describe('the model', () => {
  const phones = Array.from({ length: 5_000 }, (_, index) => `+1617${2_000_000 + index}`);
  it('has about the shares that it names', () => {
    const plans = phones.map((phone) =>
      planCall({ seed: 7, phone, nth: 0, atMs: START.epochMilliseconds, model: DEFAULT_PEOPLE }),
    );
    const taken = plans.filter((plan) => plan.talk !== undefined);
    const missed = plans.filter((plan) => plan.talk === undefined);
    expect(taken.length / plans.length).toBeCloseTo(0.5, 1);
    expect(missed.filter((plan) => plan.voicemail !== undefined).length / missed.length).toBeCloseTo(0.6, 1);
    expect(taken.every((plan) => plan.endedAtMs > (plan.answeredAtMs ?? 0))).toBe(true);
  });

  it('lets only those call who have something to say', () => {
    const replies = phones.flatMap(
      (phone) =>
        planReply({
          seed: 7,
          phone,
          nth: 0,
          model: { ...DEFAULT_PEOPLE, replyShare: 1 },
          original: 'Hi',
          deliveredAt: START,
        }) ?? [],
    );
    const wanting = replies.filter(({ kind }) => kind === 'question' || kind === 'interest');
    expect(wanting.filter(({ byPhone }) => byPhone).length / wanting.length).toBeCloseTo(0.08, 1);
    expect(replies.filter(({ kind, byPhone }) => byPhone && !wanting.some((one) => one.kind === kind))).toEqual([]);
  });
});
