/**
 * One event of a call: merged into what is known of the call, shown in its conversation, in one transaction. Idempotent and right in
 * any order (`decide-call.ts`): a summary may come before the end of its call.
 *
 * A missed call and a voicemail make the conversation wait for an answer, once per call. That is not taken back when an event that
 * was late says that the call was answered after all: a person who is looked at once too often is better than one who is lost.
 */
import { lockNumber } from '../compliance/lock-number.ts';
import { enterCall } from '../conversations/enter-call.ts';
import { isOldHistory, type Knowledge, TOLD } from '../conversations/inbound.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { CallEvent, CallRecord } from './call.ts';
import { findLanes, lockCall, readCallPhone, type StoredCall, writeCall } from './call-store.ts';
import { callWords } from './call-words.ts';
import { asksForAnswer, mergeCall, placeOf, stateOf, talkedSeconds } from './decide-call.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** Returns with whom the call was, as far as it is known now. */
export async function recordCall(
  tx: Tx,
  deps: Deps,
  { accountId, known = TOLD }: { readonly accountId: Uuid; readonly known?: Knowledge | typeof TOLD },
  event: CallEvent,
): Promise<Pick<CallRecord, 'phone'>> {
  const { gatewayCallId, laneRef, participants } = event.call;
  const key = { accountId, gatewayCallId };
  const place = placeOf(event.call, accountId, await findLanes(tx, { accountId, laneRef, phones: participants }));
  // The number first, as everything that decides about one number does. Events that do not name it know it from the call.
  const likely = place.phone ?? (await readCallPhone(tx, key));
  const likelyContact = likely === null ? null : await lockNumber(tx, likely);
  const before = await lockCall(tx, key);
  if (before?.erased === true) return before.record;
  const record = mergeCall(before?.record, event, place);
  if (before !== undefined && JSON.stringify(before.record) === JSON.stringify(record)) return record;
  // Another event may have named the number since, or another one. Then this lock comes after that of the call, and of two that
  // wait for each other one begins anew (`runTx`).
  const contactId =
    record.phone === likely || record.phone === null ? likelyContact : await lockNumber(tx, record.phone);
  const isOver = isOldHistory(record.startedAt ?? record.heardAt, known, deps.clock.now());
  const asks = asksForAnswer(record) && !isOver;
  const conversationId = await enter(tx, deps, { before, record, contactId, asks });
  await writeCall(tx, {
    ...key,
    id: before?.id ?? deps.newUuid(),
    record,
    state: stateOf(record),
    conversationId,
    contactId,
    askedAt: before?.askedAt ?? (asks && conversationId !== null ? deps.clock.now() : null),
    now: deps.clock.now(),
  });
  const shown = conversationId === null ? [] : ['inbox', `conversation:${conversationId}`];
  await notifyLive(tx, [...shown, ...(contactId === null ? [] : [`contact:${contactId}`])]);
  return record;
}

/** Shows the call in the thread of its two numbers; null while one of them is not known. */
async function enter(
  tx: Tx,
  deps: Deps,
  call: {
    readonly before: StoredCall | undefined;
    readonly record: CallRecord;
    readonly contactId: Uuid | null;
    readonly asks: boolean;
  },
): Promise<Uuid | null> {
  const { before, record, contactId, asks } = call;
  const { laneId, phone } = record;
  if (laneId === null || phone === null) return null;
  return enterCall(tx, {
    id: deps.newUuid(),
    laneId,
    phone,
    contactId,
    at: record.startedAt ?? record.heardAt,
    shownAt: before?.conversationId == null ? undefined : (before.record.startedAt ?? before.record.heardAt),
    preview: callWords({
      state: stateOf(record),
      direction: record.direction,
      talkedSeconds: talkedSeconds(record),
      voicemail: record.heard.includes('voicemail') ? record.voicemail : null,
    }),
    asks,
    beginsToAsk: asks && before?.askedAt == null,
  });
}
