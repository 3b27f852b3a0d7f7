import { describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../../src/gateways/gateway.ts';
import { addMs, MINUTE_MS } from '../../src/platform/time.ts';
import type { PostedWebhook } from '../webhook-receiver.ts';
import { registeredIn } from './register.ts';
import { type OpenWorld, PERSON, worldPerTest } from './world.ts';

const TOLERANCE_MS = 5 * MINUTE_MS;

export function describeEvents(openWorld: OpenWorld): void {
  describe('events that come in', () => {
    const on = worldPerTest(openWorld);
    const onePost = async (): Promise<{ readonly secret: string; readonly post: PostedWebhook }> => {
      const secret = await registeredIn(on.world);
      await on.world.personTexts({ from: PERSON, to: on.world.lane.phone, text: '¿Sí? 👍 STOP' });
      await on.rest();
      const post = on.world.posts[0];
      if (post === undefined) throw new Error('nothing was posted');
      return { secret, post };
    };
    const verified = (post: PostedWebhook, secrets: readonly string[], now = on.world.now()) =>
      on.world.edge.verify({ ...post, url: on.world.webhookUrl, secrets, now, toleranceMs: TOLERANCE_MS });

    it('reports what a person texts', async () => {
      const sentAt = on.world.now();
      const { secret, post } = await onePost();
      expect(verified(post, [secret])).toEqual({ ok: true, value: { secretIndex: 0 } });
      const event = on.world.edge.parse(post.rawBody, on.world.now());
      expect(event.ok && event.value.at.toString()).toBe(sentAt.toString());
      expect(event).toMatchObject({
        ok: true,
        value: {
          type: 'message_received',
          from: PERSON,
          to: [on.world.lane.phone],
          laneRef: on.world.lane.laneRef,
          text: '¿Sí? 👍 STOP',
          media: [],
        },
      });
    });

    it('reports that a text was delivered', async () => {
      await registeredIn(on.world);
      const outcome = await on.sendTo(PERSON);
      await on.rest();
      const events = on.world.posts.map(({ rawBody }) => on.world.edge.parse(rawBody, on.world.now()));
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
      const [first, again] = [on.world.now(), addMs(on.world.now(), MINUTE_MS)].map((at) =>
        on.world.edge.parse(post.rawBody, at),
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
      if (!on.world.wire.signsTime) return;
      const outside = { ok: false, error: { reason: 'timestamp_outside_window' } };
      expect(verified(post, [secret], addMs(on.world.now(), TOLERANCE_MS + MINUTE_MS))).toMatchObject(outside);
      expect(verified(post, [secret], addMs(on.world.now(), -TOLERANCE_MS - MINUTE_MS))).toMatchObject(outside);
    });

    it('calls a body that it cannot read an error instead of throwing', () => {
      for (const body of ['', 'null', '[]', '{"id":1}', '\u0000'])
        expect(on.world.edge.parse(Buffer.from(body), on.world.now()).ok).toBe(false);
    });
  });
}
