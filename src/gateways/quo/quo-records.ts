import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { err, ok } from '../../platform/result.ts';
import { addMs, type Instant, isBefore } from '../../platform/time.ts';
import type {
  Answer,
  CallPart,
  GatewayRecords,
  ListedCall,
  ListedConversation,
  ListedMessage,
  RecordedEvent,
  RecordsPage,
  RecordsQuery,
} from '../gateway.ts';
import { CREATED_AFTER_OVERLAP_MS, gatewayMessage, NEWEST_PAGE_SIZE, NEWEST_VERSION } from './quo-message.ts';
import {
  conversationPage,
  firstIssue,
  type RecordedCall,
  rawAnswer,
  rawPage,
  rawRecordings,
  recordedCall,
  recordedMessage,
} from './quo-schemas.ts';

/**
 * The provider's books, read page by page: texts and calls of the whole account (2026-03-30), and by conversation (v1). What they
 * say is told in the envelope of a v4 webhook around the resource as it was listed.
 */
interface Reads {
  readonly clock: Clock;
  readonly read: <T>(request: {
    readonly path: string;
    readonly schema: z.ZodType<T>;
    readonly apiVersion?: string;
  }) => Promise<Answer<T>>;
}

type Raw = Readonly<Record<string, unknown>>;

export const quoRecords = (reads: Reads): GatewayRecords => ({
  listMessages: (query) => listMessages(reads, query),
  listCalls: (query) => listCalls(reads, query),
  readCallPart: (query) => readCallPart(reads, query),
  listConversations: (query) => listConversations(reads, query),
  listThread: (query) => listThread(reads, query),
});

async function listMessages({ read }: Reads, query: RecordsQuery): Promise<Answer<RecordsPage<ListedMessage>>> {
  const parameters = newestParameters(query, { after: 'createdAt[gt]', before: 'createdAt[lt]' });
  const answer = await read({ path: `/messages?${parameters}`, schema: rawPage, apiVersion: NEWEST_VERSION });
  return answer.ok ? messagesOf(answer.value, query) : answer;
}

async function listThread(
  { read }: Reads,
  query: Parameters<GatewayRecords['listThread']>[0],
): Promise<Answer<RecordsPage<ListedMessage>>> {
  const parameters = new URLSearchParams({ phoneNumberId: query.laneRef, participants: query.phone });
  parameters.set('createdAfter', wireTime(addMs(query.since, -CREATED_AFTER_OVERLAP_MS)));
  parameters.set('createdBefore', wireTime(query.until));
  parameters.set('maxResults', String(THREAD_PAGE_SIZE));
  if (query.olderThan !== undefined) parameters.set('pageToken', query.olderThan);
  const answer = await read({ path: `/v1/messages?${parameters}`, schema: rawPage });
  return answer.ok ? messagesOf(answer.value, query) : answer;
}

const THREAD_PAGE_SIZE = 100;

async function listCalls({ read }: Reads, query: RecordsQuery): Promise<Answer<RecordsPage<ListedCall>>> {
  const parameters = newestParameters(query, { after: 'createdAt[gte]', before: 'createdAt[lte]' });
  const answer = await read({ path: `/calls?${parameters}`, schema: rawPage, apiVersion: NEWEST_VERSION });
  if (!answer.ok) return answer;
  const calls = entriesOf(answer.value, recordedCall);
  if (!calls.ok) return calls;
  const entries = calls.value.filter(({ entry }) => isWithin(entry.createdAt, query)).map(listedCall);
  return ok({ entries, olderThan: cursorOf(answer.value) });
}

async function listConversations(
  { read }: Reads,
  query: RecordsQuery,
): Promise<Answer<RecordsPage<ListedConversation>>> {
  const parameters = new URLSearchParams({ maxResults: String(THREAD_PAGE_SIZE) });
  parameters.set('updatedAfter', wireTime(addMs(query.since, -CREATED_AFTER_OVERLAP_MS)));
  if (query.olderThan !== undefined) parameters.set('pageToken', query.olderThan);
  const answer = await read({ path: `/v1/conversations?${parameters}`, schema: conversationPage });
  if (!answer.ok) return answer;
  const entries = answer.value.data.flatMap((one): readonly ListedConversation[] => {
    const lastActivityAt = one.lastActivityAt ?? one.updatedAt;
    if (lastActivityAt == null || !isWithin(lastActivityAt, query)) return [];
    const { phoneNumberId: laneRef, participants, lastActivityId } = one;
    return [{ laneRef, participants, lastActivityAt, lastActivityId: lastActivityId ?? undefined }];
  });
  return ok({ entries, olderThan: cursorOf(answer.value) });
}

const PART_PATHS: Readonly<Record<CallPart, string>> = {
  recording: 'call-recordings',
  summary: 'call-summaries',
  transcript: 'call-transcripts',
  voicemail: 'call-voicemails',
};

async function readCallPart(
  { read, clock }: Reads,
  { gatewayCallId, part }: Parameters<GatewayRecords['readCallPart']>[0],
): Promise<Answer<RecordedEvent | undefined>> {
  const path = `/v1/${PART_PATHS[part]}/${encodeURIComponent(gatewayCallId)}`;
  const schema: z.ZodType<{ readonly data: Raw | readonly Raw[] }> = part === 'recording' ? rawRecordings : rawAnswer;
  const answer = await read({ path, schema });
  // A plan without summaries, a call without voicemail: there is nothing to be had.
  if (!answer.ok) return answer.error.kind === 'refused' ? ok(undefined) : answer;
  const { data } = answer.value;
  const told = { gatewayCallId, part, at: clock.now() };
  return ok(isList(data) ? recordingsTold(told, data) : partTold(told, data));
}

interface Told {
  readonly gatewayCallId: string;
  readonly part: CallPart;
  readonly at: Instant;
}

const isList = (data: Raw | readonly Raw[]): data is readonly Raw[] => Array.isArray(data);

/** A call may be recorded in several pieces, one after the other: a longer list is told anew. */
function recordingsTold({ gatewayCallId, at }: Told, recordings: readonly Raw[]): RecordedEvent | undefined {
  const made = recordings.filter(({ url }) => typeof url === 'string');
  if (made.length === 0) return undefined;
  return event({
    eventId: `listed:${gatewayCallId}:recording:${made.length}`,
    type: 'call.recording.completed',
    at,
    object: { id: gatewayCallId, object: 'call', recordings: made },
  });
}

function partTold({ gatewayCallId, part, at }: Told, data: Raw): RecordedEvent | undefined {
  if (data['status'] !== 'completed') return undefined;
  return event({
    eventId: `listed:${gatewayCallId}:${part}`,
    type: `call.${part}.completed`,
    at,
    object: { ...data, callId: gatewayCallId },
  });
}

function messagesOf(page: z.output<typeof rawPage>, query: RecordsQuery): Answer<RecordsPage<ListedMessage>> {
  const messages = entriesOf(page, recordedMessage);
  if (!messages.ok) return messages;
  const entries = messages.value.filter(({ entry }) => isWithin(entry.createdAt, query)).map(listedMessage);
  return ok({ entries, olderThan: cursorOf(page) });
}

function listedMessage({
  entry,
  raw,
}: {
  readonly entry: z.output<typeof recordedMessage>;
  readonly raw: Raw;
}): ListedMessage {
  const message = gatewayMessage(entry);
  const { status } = message;
  const updatedAt = entry.updatedAt ?? entry.createdAt;
  const told = (what: string, at: Instant): RecordedEvent =>
    event({ eventId: `listed:${entry.id}:${what}`, type: `message.${what}`, at, object: raw });
  return {
    ...message,
    laneRef: entry.phoneNumberId ?? undefined,
    updatedAt,
    began: told(message.direction === 'inbound' ? 'received' : 'sent', entry.createdAt),
    ended: ENDED.has(status) ? told(status, updatedAt) : undefined,
  };
}

const ENDED: ReadonlySet<string> = new Set(['delivered', 'undelivered', 'failed']);

function listedCall({ entry, raw }: { readonly entry: RecordedCall; readonly raw: Raw }): ListedCall {
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
        : event({ eventId: `listed:${id}:ended`, type: 'call.completed', at: completedAt, object: raw }),
  };
}

const event = (told: {
  readonly eventId: string;
  readonly type: string;
  readonly at: Instant;
  readonly object: Raw;
}): RecordedEvent => ({
  eventId: told.eventId,
  payload: JSON.stringify({
    id: told.eventId,
    object: 'event',
    apiVersion: 'v4',
    createdAt: wireTime(told.at),
    type: told.type,
    data: { object: told.object },
  }),
});

/** Each entry as it was read, and as it came. One that cannot be read stops the run: to leave it out would be to lose it. */
function entriesOf<T>(
  page: z.output<typeof rawPage>,
  schema: z.ZodType<T>,
): Answer<readonly { readonly entry: T; readonly raw: Raw }[]> {
  const entries: { readonly entry: T; readonly raw: Raw }[] = [];
  for (const raw of page.data) {
    const parsed = schema.safeParse(raw);
    if (!parsed.success) return err({ kind: 'unavailable', message: `unreadable entry: ${firstIssue(parsed.error)}` });
    entries.push({ entry: parsed.data, raw });
  }
  return ok(entries);
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
