import { z } from 'zod';
import { ok } from '../../platform/result.ts';
import { addMs, type Instant, isBefore } from '../../platform/time.ts';
import { firstIssue } from '../exchange-answer.ts';
import {
  type Answer,
  CALL_PARTS,
  type CallPart,
  type ConversationRecords,
  type GatewayRecords,
  type ListedCall,
  type ListedConversation,
  type ListedMessage,
  type RecordedEvent,
  type Records,
  type RecordsPage,
  type RecordsQuery,
} from '../gateway.ts';
import { readEntries } from '../read-entries.ts';
import { CREATED_AFTER_OVERLAP_MS, gatewayMessage, NEWEST_PAGE_SIZE } from './quo-message.ts';
import {
  instantField,
  type RecordedCall,
  type RecordedMessage,
  rawAnswer,
  rawPage,
  rawRecordings,
  recordedCall,
  recordedConversation,
  recordedMessage,
} from './quo-schemas.ts';
import { quoWebhookEdge } from './quo-webhook.ts';
import { NEWEST_VERSION, read, readExchange, readMessage, type Wire } from './quo-wire.ts';

type Raw = Readonly<Record<string, unknown>>;

/**
 * The provider's books, read page by page: texts and calls of the whole account (2026-03-30), and by conversation (v1). What they
 * say is told in the envelope of a v4 webhook around the resource as it was listed.
 */
export const quoRecords = (wire: Wire): GatewayRecords => ({
  listMessages: (query) => listMessages(wire, query),
  readMessage: (gatewayMessageId) => readOne(wire, gatewayMessageId),
  listCalls: (query) => listCalls(wire, query),
  readCall: (gatewayCallId) => readCall(wire, gatewayCallId),
  callParts: CALL_PARTS,
  readCallPart: (query) => readCallPart(wire, query),
  conversations: {
    list: (query) => listConversations(wire, query),
    listThread: (query) => listThread(wire, query),
  },
});

async function readOne(wire: Wire, gatewayMessageId: string): Promise<Answer<Records<ListedMessage>>> {
  const answer = await readMessage(wire, { gatewayMessageId, schema: rawAnswer });
  if (!answer.ok) return answer;
  const { readable, unreadable } = readEntries(answer.value === undefined ? [] : [answer.value.data], MESSAGES);
  return ok({ entries: readable.map((message) => listedMessage(wire, message)), unreadable });
}

/** The fields of the generation that lists them. */
async function readCall(wire: Wire, gatewayCallId: string): Promise<Answer<Records<ListedCall>>> {
  const path = `/calls/${encodeURIComponent(gatewayCallId)}`;
  const exchange = await wire.call({ method: 'GET', path, apiVersion: NEWEST_VERSION });
  if (exchange.kind === 'answered' && exchange.status === 404) return ok({ entries: [], unreadable: [] });
  const answer = readExchange(wire, { exchange, schema: rawAnswer });
  if (!answer.ok) return answer;
  const { readable, unreadable } = readEntries([answer.value.data], CALLS);
  return ok({ entries: readable.map((call) => listedCall(wire, call)), unreadable });
}

const TIMED = { ref: 'id', time: 'createdAt', timeField: instantField } as const;
const MESSAGES = { ...TIMED, schema: recordedMessage };
const CALLS = { ...TIMED, schema: recordedCall };
const CONVERSATIONS = { ...TIMED, schema: recordedConversation };

async function listMessages(wire: Wire, query: RecordsQuery): Promise<Answer<RecordsPage<ListedMessage>>> {
  const parameters = newestParameters(query, { after: 'createdAt[gt]', before: 'createdAt[lt]' });
  const answer = await read(wire, { path: `/messages?${parameters}`, schema: rawPage, apiVersion: NEWEST_VERSION });
  return answer.ok ? ok(messagesOf(wire, answer.value, query)) : answer;
}

async function listThread(
  wire: Wire,
  query: Parameters<ConversationRecords['listThread']>[0],
): Promise<Answer<RecordsPage<ListedMessage>>> {
  const parameters = new URLSearchParams({ phoneNumberId: query.laneRef, participants: query.phone });
  parameters.set('createdAfter', wireTime(addMs(query.since, -CREATED_AFTER_OVERLAP_MS)));
  parameters.set('createdBefore', wireTime(query.until));
  parameters.set('maxResults', String(THREAD_PAGE_SIZE));
  if (query.olderThan !== undefined) parameters.set('pageToken', query.olderThan);
  const answer = await read(wire, { path: `/v1/messages?${parameters}`, schema: rawPage });
  return answer.ok ? ok(messagesOf(wire, answer.value, query)) : answer;
}

const THREAD_PAGE_SIZE = 100;

async function listCalls(wire: Wire, query: RecordsQuery): Promise<Answer<RecordsPage<ListedCall>>> {
  const parameters = newestParameters(query, { after: 'createdAt[gte]', before: 'createdAt[lte]' });
  const answer = await read(wire, { path: `/calls?${parameters}`, schema: rawPage, apiVersion: NEWEST_VERSION });
  if (!answer.ok) return answer;
  const { readable, unreadable } = readEntries(answer.value.data, CALLS);
  const entries = readable
    .filter(({ entry }) => isWithin(entry.createdAt, query))
    .map((call) => listedCall(wire, call));
  return ok({ entries, unreadable, olderThan: cursorOf(answer.value) });
}

async function listConversations(wire: Wire, query: RecordsQuery): Promise<Answer<RecordsPage<ListedConversation>>> {
  const parameters = new URLSearchParams({ maxResults: String(THREAD_PAGE_SIZE) });
  parameters.set('updatedAfter', wireTime(addMs(query.since, -CREATED_AFTER_OVERLAP_MS)));
  if (query.olderThan !== undefined) parameters.set('pageToken', query.olderThan);
  const answer = await read(wire, { path: `/v1/conversations?${parameters}`, schema: rawPage });
  if (!answer.ok) return answer;
  const { readable, unreadable } = readEntries(answer.value.data, CONVERSATIONS);
  const entries = readable.flatMap(({ entry: one }): readonly ListedConversation[] => {
    const lastActivityAt = one.lastActivityAt ?? one.updatedAt;
    if (lastActivityAt == null || !isWithin(lastActivityAt, query)) return [];
    const { phoneNumberId: laneRef, participants, lastActivityId } = one;
    return [{ laneRef, participants, lastActivityAt, lastActivityId: lastActivityId ?? undefined }];
  });
  return ok({ entries, unreadable, olderThan: cursorOf(answer.value) });
}

const PART_PATHS: Readonly<Record<CallPart, string>> = {
  recording: 'call-recordings',
  summary: 'call-summaries',
  transcript: 'call-transcripts',
  voicemail: 'call-voicemails',
};

async function readCallPart(
  wire: Wire,
  { gatewayCallId, part }: Parameters<GatewayRecords['readCallPart']>[0],
): Promise<Answer<Records<RecordedEvent>>> {
  const path = `/v1/${PART_PATHS[part]}/${encodeURIComponent(gatewayCallId)}`;
  const answer = await read(wire, { path, schema: z.unknown() });
  // A plan without summaries, a call without voicemail: there is nothing to be had.
  if (!answer.ok) return answer.error.kind === 'refused' ? ok({ entries: [], unreadable: [] }) : answer;
  const schema: z.ZodType<{ readonly data: Raw | readonly Raw[] }> = part === 'recording' ? rawRecordings : rawAnswer;
  const parsed = schema.safeParse(answer.value);
  if (!parsed.success) {
    const problem = firstIssue(parsed.error);
    return ok({ entries: [], unreadable: [{ ref: gatewayCallId, at: undefined, problem }] });
  }
  const { data } = parsed.data;
  const told = isList(data) ? recordingsTold(wire, gatewayCallId, data) : partTold(wire, { gatewayCallId, part, data });
  return ok({ entries: told === undefined ? [] : [told], unreadable: [] });
}

const isList = (data: Raw | readonly Raw[]): data is readonly Raw[] => Array.isArray(data);

/** A call may be recorded in several pieces, one after the other: a longer list is told anew. */
function recordingsTold(wire: Wire, gatewayCallId: string, recordings: readonly Raw[]): RecordedEvent | undefined {
  const made = recordings.filter(({ url }) => typeof url === 'string');
  if (made.length === 0) return undefined;
  return tell(wire, {
    eventId: `listed:${gatewayCallId}:recording:${made.length}`,
    type: 'call.recording.completed',
    at: wire.options.clock.now(),
    object: { id: gatewayCallId, object: 'call', recordings: made },
  });
}

function partTold(
  wire: Wire,
  { gatewayCallId, part, data }: { readonly gatewayCallId: string; readonly part: CallPart; readonly data: Raw },
): RecordedEvent | undefined {
  if (data['status'] !== 'completed') return undefined;
  return tell(wire, {
    eventId: `listed:${gatewayCallId}:${part}`,
    type: `call.${part}.completed`,
    at: wire.options.clock.now(),
    object: { ...data, callId: gatewayCallId },
  });
}

function messagesOf(wire: Wire, page: z.output<typeof rawPage>, query: RecordsQuery): RecordsPage<ListedMessage> {
  const { readable, unreadable } = readEntries(page.data, MESSAGES);
  const entries = readable
    .filter(({ entry }) => isWithin(entry.createdAt, query))
    .map((message) => listedMessage(wire, message));
  return { entries, unreadable, olderThan: cursorOf(page) };
}

function listedMessage(
  wire: Wire,
  { entry, raw }: { readonly entry: RecordedMessage; readonly raw: Raw },
): ListedMessage {
  const message = gatewayMessage(entry);
  const { status } = message;
  const updatedAt = entry.updatedAt ?? entry.createdAt;
  const told = (what: string, at: Instant): RecordedEvent =>
    tell(wire, { eventId: `listed:${entry.id}:${what}`, type: `message.${what}`, at, object: raw });
  return {
    ...message,
    laneRef: entry.phoneNumberId ?? undefined,
    updatedAt,
    began: told(message.direction === 'inbound' ? 'received' : 'sent', entry.createdAt),
    ended: ENDED.has(status) ? told(status, updatedAt) : undefined,
  };
}

const ENDED: ReadonlySet<string> = new Set(['delivered', 'undelivered', 'failed']);

function listedCall(wire: Wire, { entry, raw }: { readonly entry: RecordedCall; readonly raw: Raw }): ListedCall {
  const { id, direction, completedAt } = entry;
  return {
    gatewayCallId: id,
    laneRef: entry.phoneNumberId ?? undefined,
    direction: direction == null ? undefined : direction === 'incoming' ? 'inbound' : 'outbound',
    participants: entry.participants ?? [],
    startedAt: entry.createdAt,
    answered: entry.answeredAt != null,
    ended:
      completedAt == null
        ? undefined
        : tell(wire, { eventId: `listed:${id}:ended`, type: 'call.completed', at: completedAt, object: raw }),
  };
}

interface Told {
  readonly eventId: string;
  readonly type: string;
  readonly at: Instant;
  readonly object: Raw;
}

function tell(wire: Wire, { eventId, type, at, object }: Told): RecordedEvent {
  const envelope = { id: eventId, object: 'event', apiVersion: 'v4', createdAt: wireTime(at), type };
  const payload = JSON.stringify({ ...envelope, data: { object } });
  const parsed = quoWebhookEdge.parse(Buffer.from(payload), wire.options.clock.now());
  if (!parsed.ok) throw new Error(`${eventId}: the edge does not read what was made for it: ${parsed.error.message}`);
  return { payload, event: parsed.value };
}

function newestParameters(
  { since, until, olderThan }: RecordsQuery,
  names: { readonly after: string; readonly before: string },
): URLSearchParams {
  const parameters = new URLSearchParams({ limit: String(NEWEST_PAGE_SIZE) });
  parameters.set(names.after, wireTime(addMs(since, -CREATED_AFTER_OVERLAP_MS)));
  parameters.set(names.before, wireTime(until));
  if (olderThan !== undefined) parameters.set('after', olderThan);
  return parameters;
}

const isWithin = (at: Instant, { since, until }: RecordsQuery): boolean => !isBefore(at, since) && isBefore(at, until);

const cursorOf = (page: {
  readonly nextCursor?: string | null | undefined;
  readonly nextPageToken?: string | null | undefined;
}): string | undefined => {
  const cursor = page.nextCursor ?? page.nextPageToken ?? '';
  return cursor === '' ? undefined : cursor;
};

const wireTime = (at: Instant): string => at.toString({ smallestUnit: 'millisecond' });
