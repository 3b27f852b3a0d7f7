import { describe, expect, it } from 'vitest';
import type { CallPart, GatewayRecords, ListedCall, RecordedEvent, SendOutcome } from '../../src/gateways/gateway.ts';
import { addMs, MINUTE_MS, msBetween } from '../../src/platform/time.ts';
import { type OpenWorld, PERSON, worldPerTest } from './world.ts';

/** More than one page of any gateway. */
const PAGE_AND_MORE = 123;

export function describeRecords(openWorld: OpenWorld): void {
  describe('records', () => {
    const on = worldPerTest(openWorld);
    const records = (): GatewayRecords => {
      if (on.world.gateway.records === undefined) throw new Error('this gateway lists nothing');
      return on.world.gateway.records;
    };
    const told = (event: RecordedEvent | undefined) => {
      if (event === undefined) throw new Error('nothing is told');
      const parsed = on.world.edge.parse(Buffer.from(event.payload), on.world.now());
      expect(parsed).toEqual({ ok: true, value: event.event });
      expect(event.event.repairs).toBeUndefined();
      return event.event;
    };

    const part = async (of: ListedCall | undefined, part: CallPart) => {
      const answer = await records().readCallPart({ gatewayCallId: of?.gatewayCallId ?? '', part });
      if (!answer.ok) throw new Error(answer.error.message);
      expect(answer.value.unreadable).toEqual([]);
      expect(answer.value.entries.length).toBeLessThanOrEqual(records().callParts.includes(part) ? 1 : 0);
      return answer.value.entries[0];
    };

    it('lists the texts of the account in a time, newest first, page after page', async () => {
      await on.sendTo(PERSON, 'too early');
      await on.world.pass(MINUTE_MS);
      const since = on.world.now();
      for (let number = 0; number < PAGE_AND_MORE; number += 1) {
        await on.sendTo(`+1617555${String(2_000 + number)}`, `text ${number}`);
        await on.world.pass(200);
      }
      await on.world.gateway.send({ laneRef: on.world.otherLane.laneRef, to: PERSON, text: 'from another number' });
      // What still waits to be sent is listed by the gateway when it has been.
      await on.rest();
      const until = on.world.now();
      await on.world.pass(on.world.wire.resolutionMs);
      await on.world.personTexts({ from: PERSON, to: on.world.lane.phone, text: 'too late' });
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
      expect(texts).toEqual([
        'from another number',
        ...Array.from({ length: PAGE_AND_MORE }, (_, n) => `text ${PAGE_AND_MORE - 1 - n}`),
      ]);
      expect(await on.world.strangerGateway.records?.listMessages({ since, until })).toMatchObject({
        error: { kind: 'unauthorized' },
      });
    });

    it('tells of each text what a webhook would have told', async () => {
      const since = on.world.now();
      const delivered = await on.sendTo(PERSON, 'it arrives');
      const dead = await on.sendTo(on.world.deadNumber, 'it does not');
      await on.rest();
      await on.world.pass(MINUTE_MS);
      const saidAt = on.world.now();
      await on.world.personTexts({ from: PERSON, to: on.world.lane.phone, text: '¿Sí? 👍 STOP' });
      await on.world.pass(MINUTE_MS);
      const page = await records().listMessages({ since, until: on.world.now() });
      if (!page.ok) throw new Error(page.error.message);
      const [received, ...sent] = page.value.entries;
      expect(received).toMatchObject({ laneRef: on.world.lane.laneRef, ended: undefined });
      expect(told(received?.began)).toMatchObject({
        type: 'message_received',
        from: PERSON,
        to: [on.world.lane.phone],
        laneRef: on.world.lane.laneRef,
        text: '¿Sí? 👍 STOP',
      });
      // Instants hold nothing that toMatchObject could compare.
      expect(received?.began.event.at.toString()).toBe(saidAt.toString());
      const idOf = (outcome: SendOutcome): string => (outcome.kind === 'accepted' ? outcome.gatewayMessageId : '');
      const arrived = sent.find(({ gatewayMessageId }) => gatewayMessageId === idOf(delivered));
      expect(told(arrived?.began)).toMatchObject({
        type: 'message_sent',
        gatewayMessageId: idOf(delivered),
        from: on.world.lane.phone,
        to: [PERSON],
        laneRef: on.world.lane.laneRef,
        text: 'it arrives',
      });
      expect(msBetween(since, arrived?.began.event.at ?? since)).toBeLessThanOrEqual(MINUTE_MS);
      expect(told(arrived?.ended)).toMatchObject({ type: 'message_status', status: 'delivered', to: PERSON });
      const failed = sent.find(({ gatewayMessageId }) => gatewayMessageId === idOf(dead));
      expect(told(failed?.ended)).toMatchObject({ type: 'message_status', status: 'undelivered' });
      expect(new Set(sent.flatMap(({ began, ended }) => [began.event.eventId, ended?.event.eventId])).size).toBe(4);
    });

    it('tells the end of one text that is asked for by its id, and knows none that never was', async () => {
      const dead = await on.sendTo(on.world.deadNumber);
      await on.rest();
      const id = dead.kind === 'accepted' ? dead.gatewayMessageId : '';
      const read = await records().readMessage(id);
      if (!read.ok) throw new Error(read.error.message);
      expect(told(read.value.entries[0]?.ended)).toMatchObject({ status: 'undelivered', gatewayMessageId: id });
      expect(await records().readMessage('ACneverWas')).toEqual({ ok: true, value: { entries: [], unreadable: [] } });
    });

    it('tells the end of one call that is asked for by its id, and knows none that never was', async () => {
      const since = on.world.now();
      on.world.personCalls({ from: PERSON, to: on.world.lane.phone });
      await on.rest();
      const page = await records().listCalls({ since, until: addMs(on.world.now(), 1) });
      const [listed] = page.ok ? page.value.entries : [];
      expect(await records().readCall(listed?.gatewayCallId ?? '')).toEqual({
        ok: true,
        value: { entries: [listed], unreadable: [] },
      });
      expect(told(listed?.ended)).toMatchObject({ type: 'call_progress' });
      expect(await records().readCall('CAneverWas')).toEqual({ ok: true, value: { entries: [], unreadable: [] } });
    });

    it('lists calls, and what was made of them afterwards', async () => {
      const since = on.world.now();
      for (let number = 0; number < 20; number += 1)
        on.world.personCalls({ from: `+1617555${String(2_000 + number)}`, to: on.world.lane.phone });
      const ringing = await records().listCalls({ since, until: addMs(on.world.now(), 1) });
      expect(ringing.ok && ringing.value.entries.map(({ ended }) => ended)).toEqual(Array(20).fill(undefined));
      await on.rest();
      const page = await records().listCalls({ since, until: addMs(on.world.now(), 1) });
      if (!page.ok) throw new Error(page.error.message);
      expect(page.value.entries).toHaveLength(20);
      const taken = page.value.entries.find(({ answered }) => answered);
      const missed = page.value.entries.filter(({ answered }) => !answered);
      const ended = told(taken?.ended);
      expect(ended).toMatchObject({ type: 'call_progress', step: 'completed' });
      expect(ended.type === 'call_progress' && ended.call.startedAt?.toString()).toBe(since.toString());
      expect(told(missed[0]?.ended)).toMatchObject({ type: 'call_progress', step: 'missed' });
      expect(told(await part(taken, 'recording'))).toMatchObject({
        type: 'call_recording',
        call: { gatewayCallId: taken?.gatewayCallId },
        recordings: [{ mediaType: 'audio/mpeg' }],
      });
      expect(await part(taken, 'voicemail')).toBeUndefined();
      expect(await part(missed[0], 'recording')).toBeUndefined();
      expect(await part(missed[0], 'summary')).toBeUndefined();
    });

    it('lists what was said in calls and voicemails, where the gateway writes it down', async ({ skip }) => {
      skip(!records().callParts.includes('summary'));
      const since = on.world.now();
      for (let number = 0; number < 20; number += 1)
        on.world.personCalls({ from: `+1617555${String(2_000 + number)}`, to: on.world.lane.phone });
      await on.rest();
      const page = await records().listCalls({ since, until: addMs(on.world.now(), 1) });
      if (!page.ok) throw new Error(page.error.message);
      const taken = page.value.entries.find(({ answered }) => answered);
      const missed = page.value.entries.filter(({ answered }) => !answered);
      expect(told(await part(taken, 'summary'))).toMatchObject({ type: 'call_summary', status: 'completed' });
      expect(told(await part(taken, 'transcript'))).toMatchObject({ type: 'call_transcript', status: 'completed' });
      const voicemails = await Promise.all(missed.map((call) => part(call, 'voicemail')));
      expect(told(voicemails.find((voicemail) => voicemail !== undefined))).toMatchObject({ type: 'call_voicemail' });
    });

    it('lists conversations by their newest activity, and what was said in one', async ({ skip }) => {
      expect(records().conversations !== undefined).toBe(on.world.wire.hasConversations);
      skip(!on.world.wire.hasConversations);
      await on.sendTo(PERSON, 'too early');
      await on.rest();
      await on.world.pass(MINUTE_MS);
      const since = on.world.now();
      on.world.personCalls({ from: '+16175550199', to: on.world.lane.phone });
      await on.rest();
      await on.sendTo(PERSON, 'hello');
      await on.world.pass(MINUTE_MS);
      await on.world.personTexts({ from: PERSON, to: on.world.lane.phone, text: 'hello yourself' });
      const range = { since, until: addMs(on.world.now(), 1) };
      const page = await records().conversations?.list(range);
      if (page?.ok !== true) throw new Error(page?.error.message);
      expect(page.value.entries).toMatchObject([
        { laneRef: on.world.lane.laneRef, participants: [PERSON] },
        { laneRef: on.world.lane.laneRef, participants: ['+16175550199'] },
      ]);
      const thread = await records().conversations?.listThread({
        ...range,
        laneRef: on.world.lane.laneRef,
        phone: PERSON,
      });
      if (thread?.ok !== true) throw new Error(thread?.error.message);
      expect(thread.value.entries.map(({ text }) => text)).toEqual(['hello yourself', 'hello']);
      expect(thread.value.entries[0]?.gatewayMessageId).toBe(page.value.entries[0]?.lastActivityId);
    });
  });
}
