import { z } from 'zod';
import { ok } from '../../platform/result.ts';
import { addMs, DAY_MS, type Instant, instantFromMs, isBefore, SECOND_MS } from '../../platform/time.ts';
import type {
  Answer,
  GatewayRecords,
  ListedCall,
  ListedMessage,
  RecordedEvent,
  Records,
  RecordsPage,
  RecordsQuery,
} from '../gateway.ts';
import { readEntries } from '../read-entries.ts';
import { gatewayMessage } from './twilio-message.ts';
import {
  dateField,
  formatRfc2822,
  type RecordedCall,
  type RecordedMessage,
  type RestRecording,
  rawCallPage,
  rawMessagePage,
  rawRecordingPage,
  recordedCall,
  recordedMessage,
  recording,
} from './twilio-schemas.ts';
import { LISTED_FIELD, twilioWebhookEdge } from './twilio-webhook.ts';
import { foreignCursor, isOwnPath, readExchange, readMessage, readPage, type Wire } from './twilio-wire.ts';

/**
 * The provider's books, read page by page: texts and calls of the whole account. What they say is told as the form that would have
 * been posted, with the time that a post does not need to say. The ids of events are those of the posts: what comes late by webhook is
 * known by then.
 *
 * Lists are filtered by the day on which a text was sent or a call began, and cut to the second here. A text that waits in the queue
 * has no such day; it is listed by a later run, or asked for by its id.
 */
export const twilioRecords = (wire: Wire): GatewayRecords => ({
  listMessages: (query) => listMessages(wire, query),
  readMessage: (gatewayMessageId) => readOne(wire, gatewayMessageId),
  listCalls: (query) => listCalls(wire, query),
  readCall: (gatewayCallId) => readCall(wire, gatewayCallId),
  callParts: ['recording'],
  readCallPart: async ({ gatewayCallId, part }) =>
    part === 'recording' ? readRecordings(wire, gatewayCallId) : ok(NOTHING),
});

/** Of 1,000 that could be asked for; an answer may have 4 MB at most. */
const PAGE_SIZE = 100;

async function listMessages(wire: Wire, query: RecordsQuery): Promise<Answer<RecordsPage<ListedMessage>>> {
  const path = pathOf(wire, { resource: 'Messages', filter: 'DateSent', query });
  if (path === undefined) return foreignCursor();
  const answer = await readPage(wire, { path, schema: rawMessagePage });
  if (!answer.ok) return answer;
  const { page, next: olderThan } = answer.value;
  const { readable, unreadable } = readEntries(page.messages, MESSAGES);
  const within = readable.map(({ entry }) => entry).filter((message) => isWithin(sentAt(message), query));
  return ok({ entries: within.map((message) => listedMessage(wire, message)), unreadable, olderThan });
}

const DATED = { ref: 'sid', time: 'date_created', timeField: dateField } as const;
const MESSAGES = { ...DATED, schema: recordedMessage };
const CALLS = { ...DATED, schema: recordedCall };

async function readOne(wire: Wire, gatewayMessageId: string): Promise<Answer<Records<ListedMessage>>> {
  const answer = await readMessage(wire, { gatewayMessageId, schema: z.unknown() });
  if (!answer.ok) return answer;
  const { readable, unreadable } = readEntries(answer.value === undefined ? [] : [answer.value], MESSAGES);
  return ok({ entries: readable.map(({ entry }) => listedMessage(wire, entry)), unreadable });
}

const sentAt = (message: RecordedMessage): Instant => message.date_sent ?? message.date_created;

function listedMessage(wire: Wire, message: RecordedMessage): ListedMessage {
  const plain = gatewayMessage(message);
  const { gatewayMessageId: MessageSid, direction, from: From, text: Body } = plain;
  const [To = ''] = plain.to;
  const at = sentAt(message);
  const updatedAt = message.date_updated ?? at;
  const said = { MessageSid, From, To };
  const inbound = direction === 'inbound';
  const news = inbound ? { SmsStatus: 'received', ...mediaOf(wire, message) } : { [LISTED_FIELD]: message.direction };
  const ended = { ...said, MessageStatus: message.status, ErrorCode: message.error_code };
  return {
    ...plain,
    laneRef: inbound ? To : From,
    updatedAt,
    began: tell(wire, at, { ...said, ...news, Body }),
    ended: ENDED.has(plain.status) ? tell(wire, updatedAt, ended) : undefined,
  };
}

/** A list names no pictures, only how many there are: the text has the address of their list. */
const mediaOf = (wire: Wire, { sid, num_media: NumMedia }: RecordedMessage) =>
  Number(NumMedia ?? 0) === 0
    ? {}
    : {
        NumMedia,
        MediaUrl0: `${wire.options.baseUrl}${wire.account}/Messages/${sid}/Media.json`,
        MediaContentType0: 'application/json',
      };

const ENDED: ReadonlySet<string> = new Set(['delivered', 'undelivered', 'failed']);

/** Legs of a call are no calls of their own. */
async function listCalls(wire: Wire, query: RecordsQuery): Promise<Answer<RecordsPage<ListedCall>>> {
  const path = pathOf(wire, { resource: 'Calls', filter: 'StartTime', query });
  if (path === undefined) return foreignCursor();
  const answer = await readPage(wire, { path, schema: rawCallPage });
  if (!answer.ok) return answer;
  const { page, next: olderThan } = answer.value;
  const { readable, unreadable } = readEntries(page.calls, CALLS);
  const within = readable
    .map(({ entry }) => entry)
    .filter((call) => call.parent_call_sid == null && isWithin(startedAt(call), query));
  return ok({ entries: within.map((call) => listedCall(wire, call)), unreadable, olderThan });
}

async function readCall(wire: Wire, gatewayCallId: string): Promise<Answer<Records<ListedCall>>> {
  const path = `${wire.account}/Calls/${encodeURIComponent(gatewayCallId)}.json`;
  const exchange = await wire.call({ method: 'GET', path });
  if (exchange.kind === 'answered' && exchange.status === 404) return ok({ entries: [], unreadable: [] });
  const answer = readExchange(wire, { exchange, schema: z.unknown() });
  if (!answer.ok) return answer;
  const { readable, unreadable } = readEntries([answer.value], CALLS);
  return ok({ entries: readable.map(({ entry }) => listedCall(wire, entry)), unreadable });
}

const startedAt = (call: RecordedCall): Instant => call.start_time ?? call.date_created;

function listedCall(wire: Wire, call: RecordedCall): ListedCall {
  const { sid: CallSid, from: From, to: To, direction: Direction, status: CallStatus, duration } = call;
  const began = startedAt(call);
  const told = tell(wire, call.end_time ?? began, {
    CallSid,
    From,
    To,
    Direction,
    CallStatus,
    CallDuration: duration,
    StartTime: formatRfc2822(began),
  });
  // A status that nobody here knows is no end.
  const said = told.event.type === 'call_progress' ? told.event : undefined;
  return {
    gatewayCallId: CallSid,
    laneRef: said?.call.laneRef,
    direction: said?.call.direction,
    participants: [From, To],
    startedAt: began,
    answered: said?.call.answeredAt !== undefined,
    ended: said?.step === 'completed' || said?.step === 'missed' ? told : undefined,
  };
}

/** A call may be recorded in several pieces; each is told by itself. */
async function readRecordings(wire: Wire, gatewayCallId: string): Promise<Answer<Records<RecordedEvent>>> {
  const path = `${wire.account}/Calls/${encodeURIComponent(gatewayCallId)}/Recordings.json?PageSize=${PAGE_SIZE}`;
  const answer = await readPage(wire, { path, schema: rawRecordingPage });
  // A call that is deleted there, an account without voice: there is nothing to be had.
  if (!answer.ok) return answer.error.kind === 'refused' ? ok(NOTHING) : answer;
  const { readable, unreadable } = readEntries(answer.value.page.recordings, RECORDINGS);
  const made = readable.map(({ entry }) => entry).filter(({ status }) => status == null || status === 'completed');
  return ok({ entries: made.map((one) => recordingTold(wire, gatewayCallId, one)), unreadable });
}

const NOTHING = { entries: [], unreadable: [] } as const;
const RECORDINGS = { ...DATED, schema: recording };

const recordingTold = (wire: Wire, CallSid: string, made: RestRecording): RecordedEvent =>
  tell(wire, made.date_updated ?? made.date_created, {
    CallSid,
    RecordingSid: made.sid,
    RecordingStatus: 'completed',
    RecordingUrl: `${wire.options.baseUrl}${wire.account}/Recordings/${made.sid}`,
    RecordingDuration: made.duration,
    RecordingStartTime: made.start_time == null ? undefined : formatRfc2822(made.start_time),
  });

function tell(wire: Wire, at: Instant, fields: Readonly<Record<string, string | number | null | undefined>>) {
  const form = new URLSearchParams({ AccountSid: wire.account.split('/').at(-1) ?? '', Timestamp: formatRfc2822(at) });
  for (const [name, value] of Object.entries(fields)) if (value != null) form.set(name, String(value));
  const payload = form.toString();
  const parsed = twilioWebhookEdge.parse(Buffer.from(payload), wire.options.clock.now());
  if (!parsed.ok) throw new Error(`the edge does not read what was made for it: ${parsed.error.message}`);
  return { payload, event: parsed.value };
}

/** The first page, or the one that the cursor names; `undefined` for a cursor that leads out of the account. */
function pathOf(
  wire: Wire,
  list: { readonly resource: 'Messages' | 'Calls'; readonly filter: string; readonly query: RecordsQuery },
): string | undefined {
  const { since, until, olderThan } = list.query;
  if (olderThan !== undefined) return isOwnPath(wire, olderThan) ? olderThan : undefined;
  // Both ends count at the beginning of their day, in UTC.
  const days = { [`${list.filter}>`]: dayOf(since), [`${list.filter}<`]: dayOf(addMs(until, DAY_MS)) };
  const parameters = new URLSearchParams({ ...days, PageSize: String(PAGE_SIZE) });
  return `${wire.account}/${list.resource}.json?${parameters}`;
}

const dayOf = (at: Instant): string => at.toZonedDateTimeISO('UTC').toPlainDate().toString();

/** Times on this wire have no fractions: what happened in the first second is dated at its beginning. */
const isWithin = (at: Instant, { since, until }: RecordsQuery): boolean =>
  !isBefore(at, instantFromMs(Math.floor(since.epochMilliseconds / SECOND_MS) * SECOND_MS)) && isBefore(at, until);
