import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type EnsuredWebhooks,
  endReplaced,
  ensureWebhooks,
  inspectGateway,
  type KnownWebhooks,
  NOTHING_KNOWN,
  rotateWebhooks,
  type Wanted,
} from '../src/gateways/ensure-webhooks.ts';
import type {
  CallPart,
  Gateway,
  GatewayEvent,
  GatewayRecords,
  ListedCall,
  RecordedEvent,
  SendOutcome,
  WebhookEdge,
} from '../src/gateways/gateway.ts';
import { addMs, type Instant, MINUTE_MS, SECOND_MS } from '../src/platform/time.ts';
import type { PostedWebhook } from './webhook-receiver.ts';

/**
 * What every gateway adapter must do, whatever its wire format. Each case runs in a world of its own, over real HTTP, in which
 * time stands still until `step` moves it.
 */
export interface GatewayWorld {
  readonly gateway: Gateway;
  readonly edge: WebhookEdge;
  /** Same world, a key that nobody knows. */
  readonly strangerGateway: Gateway;
  /** Nobody listens at its address. */
  readonly unreachableGateway: Gateway;
  /** Gives up long before a slow answer comes. */
  readonly impatientGateway: Gateway;
  readonly lane: { readonly laneRef: string; readonly phone: string };
  readonly otherLane: { readonly laneRef: string; readonly phone: string };
  /** Ends as undelivered. */
  readonly deadNumber: string;
  readonly webhookUrl: string;
  readonly posts: readonly PostedWebhook[];
  /** What differs by wire, and is tested only where it is. */
  readonly wire: {
    /** The finest step of the times in its answers. */
    readonly resolutionMs: number;
    /** The signature covers the time of the post. */
    readonly signsTime: boolean;
    /** The keys that sign events can be changed by API. */
    readonly rotatesKeys: boolean;
    /** The list of numbers says whether they are registered. */
    readonly numbersTellRegistration: boolean;
    /** Its books can be read page by page. */
    readonly listsRecords: boolean;
  };
  now(): Instant;
  suffer(fault: WireFault): void;
  refuse(refusal: WireRefusal | undefined): void;
  /** Requests that reached the gateway's server. */
  requests(): number;
  accepted(): readonly { readonly to: string; readonly text: string }[];
  personTexts(text: { readonly from: string; readonly to: string; readonly text: string }): Promise<void>;
  /** Where its books can be read. */
  personCalls?(call: { readonly from: string; readonly to: string }): void;
  /** Lets time pass, and whatever falls due. */
  pass(ms: number): Promise<void>;
  /** Lets the next thing happen; false when nothing is left. */
  step(): Promise<boolean>;
  close(): Promise<void>;
}

export type WireFault =
  | 'none'
  | 'request_lost'
  | 'answer_lost'
  | 'answer_cut'
  | 'answer_slow'
  | 'error_before_acceptance_or_after';

export type WireRefusal =
  | 'registration_missing'
  | 'no_credit'
  | 'subscription_expired'
  | 'sender_not_allowed'
  | 'daily_cap'
  | 'rate_limit_for_7_seconds'
  | 'rate_limit';

const TOLERANCE_MS = 5 * MINUTE_MS;
const PERSON = '+16175550142';

export function describeGatewayConformance(name: string, openWorld: () => Promise<GatewayWorld>): void {
  describe(`${name}: gateway conformance`, () => {
    let world: GatewayWorld;
    beforeEach(async () => {
      world = await openWorld();
    });
    afterEach(() => world.close());
    const sendTo = (to: string, text = 'Hi Sam, your estimate is ready.'): Promise<SendOutcome> =>
      world.gateway.send({ laneRef: world.lane.laneRef, to, text });
    const listed = async (since: Instant, to = PERSON): Promise<readonly string[]> => {
      const answer = await world.gateway.listSent({ laneRef: world.lane.laneRef, to, since });
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.value.map(({ text }) => text);
    };
    const rest = async (): Promise<void> => {
      while (await world.step());
    };

    describe('sending', () => {
      it('hands over one text with one request, and finds it by listing', async () => {
        const since = world.now();
        const outcome = await sendTo(PERSON);
        expect(outcome).toMatchObject({ kind: 'accepted', status: 'queued' });
        expect(world.requests()).toBe(1);
        const answer = await world.gateway.listSent({ laneRef: world.lane.laneRef, to: PERSON, since });
        expect(answer).toMatchObject({
          ok: true,
          value: [
            {
              gatewayMessageId: outcome.kind === 'accepted' ? outcome.gatewayMessageId : '',
              direction: 'outbound',
              from: world.lane.phone,
              to: [PERSON],
              text: 'Hi Sam, your estimate is ready.',
            },
          ],
        });
        // Instants hold nothing that toMatchObject could compare.
        expect(answer.ok && answer.value[0]?.createdAt.toString()).toBe(since.toString());
      });

      it.each([
        ['emoji and joiners', 'See you at 8 👷🏽‍♀️👍 – “Sam’s crew”'],
        ['combining marks as they came', 'mañana, man\u0303ana, e\u0301'],
        ['lines, tabs, quotes and backslashes', 'a\nb\tc "d" \\n {}'],
        ['right-to-left text and signs of two units', 'שלום 𝒮 ✅'],
      ])('keeps %s', async (_what, text) => {
        const since = world.now();
        await sendTo(PERSON, text);
        expect(await listed(since)).toEqual([text]);
      });

      it.each<[WireRefusal, Partial<SendOutcome>]>([
        ['registration_missing', { kind: 'refused_sender', scope: 'account', until: 'fixed' }],
        ['no_credit', { kind: 'refused_sender', scope: 'account', until: 'fixed' }],
        ['subscription_expired', { kind: 'refused_sender', scope: 'account', until: 'fixed' }],
        ['sender_not_allowed', { kind: 'refused_sender', scope: 'lane', until: 'fixed' }],
        ['daily_cap', { kind: 'refused_sender', until: 'next_day' }],
        ['rate_limit_for_7_seconds', { kind: 'throttled', reason: 'rate_limit', retryAfterMs: 7 * SECOND_MS }],
      ])('tells %s from every other refusal, with one request', async (refusal, expected) => {
        world.refuse(refusal);
        expect(await sendTo(PERSON)).toMatchObject(expected);
        expect(world.requests()).toBe(1);
        expect(world.accepted()).toEqual([]);
      });

      it('chooses its own wait when a rate limit names none', async () => {
        world.refuse('rate_limit');
        const outcome = await sendTo(PERSON);
        expect(outcome).toMatchObject({ kind: 'throttled', reason: 'rate_limit' });
        expect(outcome.kind === 'throttled' && outcome.retryAfterMs).toBeGreaterThan(0);
      });

      it('tells a bad number, a bad text, an unknown lane and a wrong key apart', async () => {
        const { laneRef } = world.lane;
        expect(await sendTo('555')).toMatchObject({ kind: 'refused_recipient', effect: 'invalid_number' });
        expect(await sendTo(PERSON, ' ')).toMatchObject({ kind: 'refused_recipient', effect: 'none' });
        expect(await world.gateway.send({ laneRef: 'PNnobody', to: PERSON, text: 'Hi' })).toMatchObject({
          kind: 'refused_sender',
          scope: 'lane',
        });
        expect(await world.strangerGateway.send({ laneRef, to: PERSON, text: 'Hi' })).toMatchObject({
          kind: 'refused_sender',
          scope: 'account',
        });
      });
    });

    describe('when the network fails', () => {
      it('knows that nothing was sent if nobody listens', async () => {
        const { laneRef } = world.lane;
        const outcome = await world.unreachableGateway.send({ laneRef, to: PERSON, text: 'Hi' });
        expect(outcome).toMatchObject({ kind: 'throttled', reason: 'unreachable' });
      });

      it.each<WireFault>(['answer_lost', 'answer_cut'])(
        'calls %s unknown, and listing finds the text',
        async (fault) => {
          const since = world.now();
          world.suffer(fault);
          expect(await sendTo(PERSON, 'once')).toMatchObject({ kind: 'unknown' });
          expect(world.requests()).toBe(1);
          world.suffer('none');
          expect(await listed(since)).toEqual(['once']);
        },
      );

      it('calls a time-out unknown, and listing finds the text', async () => {
        const since = world.now();
        world.suffer('answer_slow');
        const { laneRef } = world.lane;
        const outcome = await world.impatientGateway.send({ laneRef, to: PERSON, text: 'once' });
        expect(outcome).toMatchObject({ kind: 'unknown' });
        world.suffer('none');
        expect(await listed(since)).toEqual(['once']);
      });

      it('calls a lost request unknown, and listing finds nothing', async () => {
        const since = world.now();
        world.suffer('request_lost');
        expect(await sendTo(PERSON)).toMatchObject({ kind: 'unknown' });
        expect(world.requests()).toBe(1);
        world.suffer('none');
        expect(await listed(since)).toEqual([]);
      });

      it('calls a server error unknown, with one request each, whether or not the text was taken', async () => {
        const since = world.now();
        world.suffer('error_before_acceptance_or_after');
        for (const text of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
          expect(await sendTo(PERSON, text)).toMatchObject({ kind: 'unknown' });
        expect(world.requests()).toBe(8);
        world.suffer('none');
        expect(await listed(since)).toEqual(world.accepted().map(({ text }) => text));
      });

      it('answers reads with a problem that says whether asking again can help', async () => {
        const { strangerGateway, unreachableGateway } = world;
        expect(await strangerGateway.listNumbers()).toMatchObject({ ok: false, error: { kind: 'unauthorized' } });
        expect(await unreachableGateway.listNumbers()).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
        world.suffer('answer_cut');
        expect(await world.gateway.listNumbers()).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
      });
    });

    describe('reading', () => {
      it('follows a text from queued over sent to delivered', async () => {
        const outcome = await sendTo(PERSON);
        expect(await statusesUntilRest(world, outcome)).toEqual(['queued', 'sent', 'delivered']);
      });

      it('shows a text that never arrives as undelivered', async () => {
        const outcome = await sendTo(world.deadNumber);
        expect(await statusesUntilRest(world, outcome)).toEqual(['queued', 'sent', 'undelivered']);
      });

      it('lists the newest of one lane, both ways and whoever the other end is, page after page', async () => {
        await sendTo(PERSON, 'too early');
        await world.pass(MINUTE_MS);
        const since = world.now();
        for (let number = 0; number < 53; number += 1) {
          await sendTo(`+1617555${String(2_000 + number)}`, `text ${number}`);
          await world.pass(200);
        }
        await world.gateway.send({ laneRef: world.otherLane.laneRef, to: PERSON, text: 'from another lane' });
        await world.personTexts({ from: PERSON, to: world.lane.phone, text: 'an answer' });
        const { laneRef } = world.lane;
        const first = await world.gateway.listNewest({ laneRef, since });
        if (!first.ok) throw new Error(first.error.message);
        expect(first.value.messages[0]).toMatchObject({ direction: 'inbound', from: PERSON, text: 'an answer' });
        expect(first.value.messages[1]).toMatchObject({ direction: 'outbound', text: 'text 52' });
        const second = await world.gateway.listNewest({ laneRef, since, olderThan: first.value.olderThan });
        if (!second.ok) throw new Error(second.error.message);
        expect(second.value.olderThan).toBeUndefined();
        const texts = [...first.value.messages, ...second.value.messages].map(({ text }) => text);
        expect(texts).toEqual(['an answer', ...Array.from({ length: 53 }, (_, index) => `text ${52 - index}`)]);
        expect(await world.strangerGateway.listNewest({ laneRef, since })).toMatchObject({
          error: { kind: 'unauthorized' },
        });
      });

      it('does not know a message that never was', async () => {
        expect(await world.gateway.getMessage('ACneverWas')).toEqual({ ok: true, value: undefined });
      });

      it('lists every page of what one lane sent to one number since an instant, oldest first', async () => {
        await sendTo(PERSON, 'too early');
        await world.personTexts({ from: PERSON, to: world.lane.phone, text: 'from the other side' });
        await rest();
        await world.pass(MINUTE_MS);
        await sendTo(PERSON, 'too early by a moment');
        await world.pass(world.wire.resolutionMs);
        const since = world.now();
        await world.personTexts({ from: PERSON, to: world.lane.phone, text: 'from the other side, in time' });
        const texts = Array.from({ length: 230 }, (_, index) => `text ${index}`);
        for (const text of texts) await sendTo(PERSON, text);
        await sendTo('+16175550143', 'to another number');
        await world.gateway.send({ laneRef: world.otherLane.laneRef, to: PERSON, text: 'from another lane' });
        expect(await listed(since)).toEqual(texts);
      });

      it('lists the numbers of the account, and whether they may text', async () => {
        const numbers = await world.gateway.listNumbers();
        expect(numbers).toMatchObject({ ok: true, value: [world.lane, world.otherLane] });
        expect(numbers.ok && numbers.value.map(({ mayTextUs }) => mayTextUs)).toEqual([true, true]);
        if (!world.wire.numbersTellRegistration) return;
        world.refuse('registration_missing');
        const restricted = await world.gateway.listNumbers();
        expect(restricted.ok && restricted.value.map(({ mayTextUs }) => mayTextUs)).toEqual([false, false]);
      });
    });

    describe('records', () => {
      beforeEach(({ skip }) => skip(!world.wire.listsRecords));
      const records = (): GatewayRecords => {
        if (world.gateway.records === undefined) throw new Error('this gateway lists nothing');
        return world.gateway.records;
      };
      const told = (event: RecordedEvent | undefined) => {
        if (event === undefined) throw new Error('nothing is told');
        const parsed = world.edge.parse(Buffer.from(event.payload), world.now());
        expect(parsed).toEqual({ ok: true, value: event.event });
        expect(event.event.repairs).toBeUndefined();
        return event.event;
      };

      it('lists the texts of the account in a time, newest first, page after page', async () => {
        await sendTo(PERSON, 'too early');
        await world.pass(MINUTE_MS);
        const since = world.now();
        for (let number = 0; number < 53; number += 1) {
          await sendTo(`+1617555${String(2_000 + number)}`, `text ${number}`);
          await world.pass(200);
        }
        await world.gateway.send({ laneRef: world.otherLane.laneRef, to: PERSON, text: 'from another number' });
        await world.pass(1);
        const until = world.now();
        await world.personTexts({ from: PERSON, to: world.lane.phone, text: 'too late' });
        const texts: string[] = [];
        let olderThan: string | undefined;
        let pages = 0;
        do {
          const page = await records().listMessages({ since, until, olderThan });
          if (!page.ok) throw new Error(page.error.message);
          texts.push(...page.value.entries.map(({ text }) => text));
          olderThan = page.value.olderThan;
          pages += 1;
        } while (olderThan !== undefined);
        expect(pages).toBeGreaterThan(1);
        expect(texts).toEqual(['from another number', ...Array.from({ length: 53 }, (_, n) => `text ${52 - n}`)]);
        expect(await world.strangerGateway.records?.listMessages({ since, until })).toMatchObject({
          error: { kind: 'unauthorized' },
        });
      });

      it('tells of each text what a webhook would have told', async () => {
        const since = world.now();
        const delivered = await sendTo(PERSON, 'it arrives');
        const dead = await sendTo(world.deadNumber, 'it does not');
        await rest();
        await world.pass(MINUTE_MS);
        const saidAt = world.now();
        await world.personTexts({ from: PERSON, to: world.lane.phone, text: '¿Sí? 👍 STOP' });
        await world.pass(MINUTE_MS);
        const page = await records().listMessages({ since, until: world.now() });
        if (!page.ok) throw new Error(page.error.message);
        const [received, ...sent] = page.value.entries;
        expect(received).toMatchObject({ laneRef: world.lane.laneRef, ended: undefined });
        expect(told(received?.began)).toMatchObject({
          type: 'message_received',
          from: PERSON,
          to: [world.lane.phone],
          laneRef: world.lane.laneRef,
          text: '¿Sí? 👍 STOP',
          at: saidAt,
        });
        const idOf = (outcome: SendOutcome): string => (outcome.kind === 'accepted' ? outcome.gatewayMessageId : '');
        const arrived = sent.find(({ gatewayMessageId }) => gatewayMessageId === idOf(delivered));
        expect(told(arrived?.began)).toMatchObject({
          type: 'message_sent',
          gatewayMessageId: idOf(delivered),
          from: world.lane.phone,
          to: [PERSON],
          laneRef: world.lane.laneRef,
          text: 'it arrives',
          at: since,
        });
        expect(told(arrived?.ended)).toMatchObject({ type: 'message_status', status: 'delivered', to: PERSON });
        const failed = sent.find(({ gatewayMessageId }) => gatewayMessageId === idOf(dead));
        expect(told(failed?.ended)).toMatchObject({ type: 'message_status', status: 'undelivered' });
        expect(new Set(sent.flatMap(({ began, ended }) => [began.event.eventId, ended?.event.eventId])).size).toBe(4);
      });

      it('lists calls, and what was made of them afterwards', async () => {
        const since = world.now();
        for (let number = 0; number < 20; number += 1)
          world.personCalls?.({ from: `+1617555${String(2_000 + number)}`, to: world.lane.phone });
        const ringing = await records().listCalls({ since, until: addMs(world.now(), 1) });
        expect(ringing.ok && ringing.value.entries.map(({ ended }) => ended)).toEqual(Array(20).fill(undefined));
        await rest();
        const page = await records().listCalls({ since, until: addMs(world.now(), 1) });
        if (!page.ok) throw new Error(page.error.message);
        expect(page.value.entries).toHaveLength(20);
        const taken = page.value.entries.find(({ answered }) => answered);
        const missed = page.value.entries.filter(({ answered }) => !answered);
        expect(told(taken?.ended)).toMatchObject({
          type: 'call_progress',
          step: 'completed',
          call: { startedAt: since },
        });
        expect(told(missed[0]?.ended)).toMatchObject({ type: 'call_progress', step: 'missed' });
        const part = async (of: ListedCall | undefined, part: CallPart) => {
          const answer = await records().readCallPart({ gatewayCallId: of?.gatewayCallId ?? '', part });
          if (!answer.ok) throw new Error(answer.error.message);
          return answer.value;
        };
        expect(told(await part(taken, 'recording'))).toMatchObject({
          type: 'call_recording',
          call: { gatewayCallId: taken?.gatewayCallId },
          recordings: [{ mediaType: 'audio/mpeg' }],
        });
        expect(told(await part(taken, 'summary'))).toMatchObject({ type: 'call_summary', status: 'completed' });
        expect(told(await part(taken, 'transcript'))).toMatchObject({ type: 'call_transcript', status: 'completed' });
        expect(await part(taken, 'voicemail')).toBeUndefined();
        expect(await part(missed[0], 'recording')).toBeUndefined();
        expect(await part(missed[0], 'summary')).toBeUndefined();
        const voicemails = await Promise.all(missed.map((call) => part(call, 'voicemail')));
        expect(told(voicemails.find((voicemail) => voicemail !== undefined))).toMatchObject({ type: 'call_voicemail' });
      });

      it('lists conversations by their newest activity, and what was said in one', async () => {
        await sendTo(PERSON, 'too early');
        await rest();
        await world.pass(MINUTE_MS);
        const since = world.now();
        world.personCalls?.({ from: '+16175550199', to: world.lane.phone });
        await rest();
        await sendTo(PERSON, 'hello');
        await world.pass(MINUTE_MS);
        await world.personTexts({ from: PERSON, to: world.lane.phone, text: 'hello yourself' });
        const range = { since, until: addMs(world.now(), 1) };
        const page = await records().listConversations(range);
        if (!page.ok) throw new Error(page.error.message);
        expect(page.value.entries).toMatchObject([
          { laneRef: world.lane.laneRef, participants: [PERSON] },
          { laneRef: world.lane.laneRef, participants: ['+16175550199'] },
        ]);
        const thread = await records().listThread({ ...range, laneRef: world.lane.laneRef, phone: PERSON });
        if (!thread.ok) throw new Error(thread.error.message);
        expect(thread.value.entries.map(({ text }) => text)).toEqual(['hello yourself', 'hello']);
        expect(thread.value.entries[0]?.gatewayMessageId).toBe(page.value.entries[0]?.lastActivityId);
      });
    });

    describe('webhooks', () => {
      const wanted: Wanted = { url: '', known: NOTHING_KNOWN, generation: 'proven' };
      const ensured = async (change: Partial<Wanted> = {}): Promise<EnsuredWebhooks> => {
        const answer = await ensureWebhooks(world.gateway, { ...wanted, url: world.webhookUrl, ...change });
        if (!answer.ok) throw new Error(answer.error.message);
        const { problem } = answer.value;
        if (problem !== undefined) throw new Error(problem.message);
        return answer.value;
      };
      const registered = async (): Promise<string> => {
        const [first] = (await ensured()).keys;
        if (first?.secret === undefined) throw new Error('no key was told');
        return first.secret;
      };
      const knownFrom = ({ keys }: EnsuredWebhooks): KnownWebhooks => ({
        refs: new Set(keys.map(({ ref }) => ref)),
        secrets: new Set(keys.flatMap(({ secret }) => (secret === undefined ? [] : [secret]))),
        refused: [],
      });
      const listedUrls = async (): Promise<readonly string[]> => {
        const answer = await world.gateway.webhooks.list();
        if (!answer.ok) throw new Error(answer.error.message);
        return answer.value.map(({ url }) => url);
      };

      it('asks for the events once, and finds nothing to mend afterwards', async () => {
        const known = knownFrom(await ensured());
        const again = await ensured({ known });
        expect(again).toMatchObject({ findings: [], replaced: [], complete: true });
        expect(knownFrom(again).refs).toEqual(known.refs);
        const urls = await listedUrls();
        expect(new Set(urls)).toEqual(new Set([world.webhookUrl]));
        expect(urls).toHaveLength(known.refs.size);
      });

      it('finds what posts elsewhere, and turns it back', async () => {
        const known = knownFrom(await ensured({ url: `${world.webhookUrl}?before` }));
        const mended = await ensured({ known });
        expect(mended.findings.map(({ kind }) => kind)).toEqual([...known.refs].map(() => 'elsewhere'));
        expect(await endReplaced(world.gateway, mended.replaced)).toBeUndefined();
        expect(new Set(await listedUrls())).toEqual(new Set([world.webhookUrl]));
        expect((await ensured({ known: knownFrom(mended) })).findings).toEqual([]);
      });

      it('makes another key for each, or says how a person does', async () => {
        const first = await ensured();
        const state = await inspectGateway(world.gateway, {
          ...wanted,
          url: world.webhookUrl,
          known: knownFrom(first),
        });
        if (!state.ok) throw new Error(state.error.message);
        const { working } = state.value;
        const rotated = await rotateWebhooks(world.gateway, { working, url: world.webhookUrl });
        if (!world.wire.rotatesKeys) {
          expect(rotated.problem).toMatchObject({ kind: 'refused', message: expect.stringContaining('console') });
          return;
        }
        expect(rotated.problem).toBeUndefined();
        await endReplaced(world.gateway, rotated.replaced);
        const secrets = [first, rotated].flatMap((one) => [...knownFrom(one).secrets]);
        expect(new Set(secrets).size).toBe(2 * first.keys.length);
        expect((await ensured({ known: knownFrom(rotated) })).findings).toEqual([]);
        expect(await listedUrls()).toHaveLength(first.keys.length);
        // What is gone already need not be removed.
        expect(await endReplaced(world.gateway, rotated.replaced)).toBeUndefined();
      });

      it('says why nothing can be listed', async () => {
        const gateways = [world.strangerGateway, world.unreachableGateway];
        const answers = await Promise.all(gateways.map((gateway) => gateway.webhooks.list()));
        expect(answers).toMatchObject([{ error: { kind: 'unauthorized' } }, { error: { kind: 'unavailable' } }]);
      });
      const onePost = async (): Promise<{ readonly secret: string; readonly post: PostedWebhook }> => {
        const secret = await registered();
        await world.personTexts({ from: PERSON, to: world.lane.phone, text: '¿Sí? 👍 STOP' });
        await rest();
        const post = world.posts[0];
        if (post === undefined) throw new Error('nothing was posted');
        return { secret, post };
      };
      const verified = (post: PostedWebhook, secrets: readonly string[], now = world.now()) =>
        world.edge.verify({ ...post, url: world.webhookUrl, secrets, now, toleranceMs: TOLERANCE_MS });

      it('reports what a person texts', async () => {
        const sentAt = world.now();
        const { secret, post } = await onePost();
        expect(verified(post, [secret])).toEqual({ ok: true, value: { secretIndex: 0 } });
        const event = world.edge.parse(post.rawBody, world.now());
        expect(event.ok && event.value.at.toString()).toBe(sentAt.toString());
        expect(event).toMatchObject({
          ok: true,
          value: {
            type: 'message_received',
            from: PERSON,
            to: [world.lane.phone],
            laneRef: world.lane.laneRef,
            text: '¿Sí? 👍 STOP',
            media: [],
          },
        });
      });

      it('reports that a text was delivered', async () => {
        await registered();
        const outcome = await sendTo(PERSON);
        await rest();
        const events = world.posts.map(({ rawBody }) => world.edge.parse(rawBody, world.now()));
        const reported: Partial<GatewayEvent> = {
          type: 'message_status',
          status: 'delivered',
          gatewayMessageId: outcome.kind === 'accepted' ? outcome.gatewayMessageId : '',
        };
        expect(events.at(-1)).toMatchObject({ ok: true, value: reported });
        const ids = events.map((event) => event.ok && event.value.eventId);
        expect(new Set(ids).size).toBe(ids.length);
      });

      it('names an event the same in every repetition, however much later', async () => {
        const { post } = await onePost();
        const [first, again] = [world.now(), addMs(world.now(), MINUTE_MS)].map((at) =>
          world.edge.parse(post.rawBody, at),
        );
        expect(first?.ok && first.value.eventId).toBe(again?.ok && again.value.eventId);
      });

      it('accepts the older of two secrets while they are being changed, and says which it was', async () => {
        const { secret, post } = await onePost();
        const newer = Buffer.from('a newer secret of thirty-two byte').toString('base64');
        expect(verified(post, [newer, secret])).toEqual({ ok: true, value: { secretIndex: 1 } });
      });

      it('refuses a wrong secret, a changed byte and a missing signature', async () => {
        const { secret, post } = await onePost();
        const other = Buffer.from('somebody else').toString('base64');
        const changed = Buffer.from(post.rawBody);
        changed.writeUInt8(changed.readUInt8(changed.length - 4) ^ 1, changed.length - 4);
        expect(verified(post, [other])).toMatchObject({ ok: false, error: { reason: 'signature_wrong' } });
        expect(verified(post, [])).toMatchObject({ ok: false, error: { reason: 'signature_wrong' } });
        expect(verified({ ...post, rawBody: changed }, [secret])).toMatchObject({
          error: { reason: 'signature_wrong' },
        });
        const unsigned = { ...post, header: () => undefined };
        expect(verified(unsigned, [secret])).toMatchObject({ ok: false, error: { reason: 'signature_missing' } });
      });

      it('refuses a post that is older or newer than the window', async () => {
        const { secret, post } = await onePost();
        if (!world.wire.signsTime) return;
        const outside = { ok: false, error: { reason: 'timestamp_outside_window' } };
        expect(verified(post, [secret], addMs(world.now(), TOLERANCE_MS + MINUTE_MS))).toMatchObject(outside);
        expect(verified(post, [secret], addMs(world.now(), -TOLERANCE_MS - MINUTE_MS))).toMatchObject(outside);
      });

      it('calls a body that it cannot read an error instead of throwing', () => {
        for (const body of ['', 'null', '[]', '{"id":1}', '\u0000'])
          expect(world.edge.parse(Buffer.from(body), world.now()).ok).toBe(false);
      });
    });
  });
}

/** The different statuses that a reader sees, in order, until nothing happens any more. */
async function statusesUntilRest(world: GatewayWorld, outcome: SendOutcome): Promise<readonly string[]> {
  const id = outcome.kind === 'accepted' ? outcome.gatewayMessageId : '';
  const seen: string[] = [];
  do {
    const answer = await world.gateway.getMessage(id);
    const status = answer.ok ? answer.value?.status : answer.error.kind;
    if (status !== undefined && status !== seen.at(-1)) seen.push(status);
  } while (await world.step());
  return seen;
}
