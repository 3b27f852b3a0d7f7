/**
 * A text that one of our numbers sent and that we did not: staff wrote it in the gateway's own app, or the gateway itself did. It is
 * shown in its thread, counts as nobody's campaign, and is never sent: it is written as what it is, sent.
 *
 * What may be a text of our own whose answer is not known yet is left alone: written twice, its own record could not be written any
 * more. It is found again by the next run.
 */
import { lockNumber } from '../compliance/lock-number.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { isOwnText } from '../sending/own-text.ts';
import { sameWords } from '../sending/settle.ts';
import { lockGatewayIds, takeEarlyReceipts } from '../webhooks/apply-status.ts';
import {
  answeredElsewhere,
  bumpByElsewhere,
  giveId,
  insertElsewhere,
  textsAfter,
  textsWithoutId,
} from './elsewhere-store.ts';
import type { SentText } from './inbound.ts';
import { ensureConversation, findLane, strangersAmong } from './inbound-store.ts';
import { needsPerson, storable, waitsForAnswer } from './understand-inbound.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export async function recordElsewhere(tx: Tx, deps: Deps, accountId: Uuid, sent: SentText): Promise<void> {
  const text = storable(sent.text);
  const [phone] = sent.to;
  const lane = await findLane(tx, { accountId, laneRef: sent.laneRef, phones: [sent.from] });
  if (lane === undefined || phone === undefined) return;
  const contactId = await lockNumber(tx, phone);
  if (await isOwnText(tx, { accountId, phone, text })) return;
  const { gatewayMessageId, at } = sent;
  if (await adopted(tx, { accountId, phone, text, gatewayMessageId })) return;
  const messageId = deps.newUuid();
  await lockGatewayIds(tx, [gatewayMessageId]);
  const early = await takeEarlyReceipts(tx, accountId, [{ messageId, gatewayMessageId }]);
  const conversationId = await ensureConversation(tx, {
    id: deps.newUuid(),
    laneId: lane.id,
    phone,
    contactId,
    at,
    last: { kind: 'text', direction: 'outbound', preview: text },
    needsPerson: false,
  });
  const groupOthers = (await strangersAmong(tx, sent.to)).filter((other) => other !== phone);
  const place = { accountId, laneId: lane.id, conversationId, contactId, phone, groupOthers };
  const inserted = await insertElsewhere(tx, {
    ...place,
    messageId,
    text,
    media: sent.media,
    gatewayMessageId,
    at,
  });
  if (inserted) {
    await bumpByElsewhere(tx, { conversationId, at, preview: text });
    await answer(tx, conversationId, sent);
  }
  await early.apply();
  await notifyLive(tx, ['inbox', `conversation:${conversationId}`]);
}

/** One of ours of which a person said that it was sent: now its id is known, and with it what became of it. */
async function adopted(
  tx: Tx,
  sent: { readonly accountId: Uuid; readonly phone: string; readonly text: string; readonly gatewayMessageId: string },
): Promise<boolean> {
  const { accountId, gatewayMessageId, text } = sent;
  const ours = (await textsWithoutId(tx, sent)).find(({ body }) => sameWords(body, text));
  if (ours === undefined) return false;
  await lockGatewayIds(tx, [gatewayMessageId]);
  const early = await takeEarlyReceipts(tx, accountId, [{ messageId: ours.id, gatewayMessageId }]);
  await giveId(tx, ours.id, gatewayMessageId);
  await early.apply();
  return true;
}

/** Whoever wrote in the gateway's app has read what came before there; what the person said since waits on. */
async function answer(tx: Tx, conversationId: Uuid, { at }: SentText): Promise<void> {
  const { texts, callsAskedAt } = await textsAfter(tx, conversationId, at);
  const unread = texts.filter(({ classification }) => needsPerson(classification));
  const waiting = texts.filter((text) => waitsForAnswer({ text: text.body, media: text.media }, text.classification));
  const waitingSince = [...waiting.map((text) => text.at), ...callsAskedAt].toSorted(
    (a, b) => a.epochMilliseconds - b.epochMilliseconds,
  )[0];
  await answeredElsewhere(tx, {
    conversationId,
    at,
    unreadMax: unread.length + callsAskedAt.length,
    waitingSince: waitingSince ?? null,
  });
}
