import { callWords } from '../calls/call-words.ts';
import { heldWords } from '../conversations/held-text.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import type { Uuid } from '../platform/ids.ts';
import { unreachable } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import { FIELD_WORDS } from './contact.ts';
import type {
  AuditDetail,
  CallDetail,
  ContactDetail,
  EnrollmentDetail,
  MessageDetail,
  SuppressionDetail,
  TimelineRow,
} from './timeline-store.ts';

/** One event of a person's history, in words. */
export interface TimelineEntry {
  readonly at: Instant;
  readonly kind:
    | 'text_out'
    | 'text_in'
    | 'call'
    | 'missed_call'
    | 'opt_out'
    | 'opt_in'
    | 'import'
    | 'skipped'
    | 'created'
    | 'audit';
  readonly title: string;
  /** What was written or said, where something was. */
  readonly text: string | null;
  /** State word of a text. */
  readonly state: string | null;
  readonly campaign: { readonly id: Uuid; readonly name: string } | null;
  readonly laneName: string | null;
  /** The person's number that it was with, when that is not the contact's own. */
  readonly otherNumber: string | null;
}

/** `others`: numbers that were merged into the contact. */
export function timelineEntry(row: TimelineRow, others: readonly string[]): TimelineEntry {
  const otherNumber = others.find((number) => number === row.number) ?? null;
  const plain = { at: row.at, text: null, state: null, campaign: null, laneName: null, otherNumber };
  switch (row.source) {
    case 'message':
      return { ...plain, ...messageEntry(row.detail) };
    case 'call':
      return { ...plain, ...callEntry(row.detail) };
    case 'suppressed':
      return { ...plain, kind: 'opt_out', title: suppressedTitle(row.detail), text: saidIn(row.detail) };
    case 'lifted':
      return { ...plain, kind: 'opt_in', title: 'Asked to be texted again', text: saidIn(row.detail) };
    case 'audit':
      return { ...plain, kind: 'audit', title: auditTitle(row.detail) };
    case 'enrollment':
      return { ...plain, kind: 'skipped', title: leftOutTitle(row.detail), campaign: campaignOf(row.detail) };
    case 'contact':
      return { ...plain, ...contactEntry(row.detail) };
    default:
      return unreachable(row);
  }
}

type Told = Pick<TimelineEntry, 'kind' | 'title'> & Partial<TimelineEntry>;

function messageEntry(message: MessageDetail): Told {
  const about = { text: message.body, laneName: message.laneName, campaign: campaignOf(message) };
  if (message.direction === 'inbound')
    return { ...about, kind: 'text_in', title: `Wrote to ${message.laneName}${understoodWords(message.understoodAs)}` };
  return {
    ...about,
    kind: 'text_out',
    title: `${textWords(message)} from ${message.laneName}${troubleWords(message)}`,
    state: message.state,
  };
}

function callEntry(call: CallDetail): Told {
  const missed = call.state === 'missed';
  const lane = call.laneName === null ? '' : ` ${call.direction === 'outbound' ? 'from' : 'to'} ${call.laneName}`;
  return {
    kind: missed || call.voicemail !== null ? 'missed_call' : 'call',
    title: `${callWords(call)}${lane}`,
    text: call.said === '' ? null : call.said,
    laneName: call.laneName,
  };
}

function textWords({ purpose, campaignName, createdBy }: MessageDetail): string {
  switch (purpose) {
    case 'campaign':
      return `Text of campaign ${campaignName ?? 'unknown'}`;
    case 'reply':
      return `Reply by ${createdBy ?? 'staff'}`;
    case 'elsewhere':
      return 'Text that was not sent by Textwright';
    case 'opt_out_confirmation':
      return 'Confirmation of the opt-out';
    case 'opt_in_request':
      return 'Question whether an opt-in was theirs';
    case 'opt_in_confirmation':
      return 'Confirmation of the opt-in';
    default:
      return 'Answer to HELP';
  }
}

function troubleWords({ state, failureCode, heldBy }: MessageDetail): string {
  if (heldBy !== null) return `, waits ${heldWords(heldBy)}`;
  if (state === 'unknown') return `: ${lowerFirst(sentenceFor('unknown').sentence)}`;
  if (state === 'failed') return `: ${lowerFirst(sentenceFor(failureCode ?? 'failed').sentence)}`;
  if (state === 'cancelled') return `, not sent: ${lowerFirst(sentenceFor(failureCode ?? 'cancelled').sentence)}`;
  return '';
}

function understoodWords(understoodAs: string | null): string {
  switch (understoodAs) {
    case 'opt_out':
      return ', understood as asking not to be texted';
    case 'opt_in':
      return ', understood as asking to be texted again';
    case 'opt_in_wish':
      return ', understood as wishing for texts in words that lift no opt-out';
    case 'help':
      return ', understood as asking for help';
    case 'review':
      return '; may be an opt-out, to be read by a person';
    default:
      return '';
  }
}

/** By which way a wish reached us. */
const CHANNEL_WORDS: Readonly<Record<string, string>> = {
  sms: 'by text',
  staff: 'recorded by staff',
  gateway: 'reported by the gateway',
  import: 'by an import',
  api: 'through the API',
  review: 'by a reply that was reviewed',
  link: 'by the link in a text',
  erasure: 'when they were erased',
};

export const channelWords = (channel: string): string => CHANNEL_WORDS[channel] ?? channel;

const suppressedTitle = ({ reason, channel }: SuppressionDetail): string =>
  `${sentenceFor(reason).sentence} (${channelWords(channel)})`;

/** Evidence is kept as it came; of its fields, people read what was said and by whom it was noted. */
function saidIn({ evidence }: SuppressionDetail): string | null {
  const { text, note, by } = evidence;
  if (typeof text === 'string') return text;
  if (typeof note !== 'string') return null;
  return typeof by === 'string' ? `${note} (noted by ${by})` : note;
}

const leftOutTitle = ({ state, code, campaignName }: EnrollmentDetail): string =>
  `${state === 'failed' ? 'Could not be texted' : 'Not texted'} by campaign ${campaignName ?? 'unknown'}: ${lowerFirst(sentenceFor(code).sentence)}`;

function contactEntry({ source, createdBy, fileName }: ContactDetail): Told {
  if (fileName !== null) return { kind: 'import', title: `Imported from ${fileName}` };
  if (source === 'import') return { kind: 'import', title: 'Imported from a file' };
  return { kind: 'created', title: createdBy === null ? 'Added' : `Added by ${createdBy}` };
}

function auditTitle({ actor, action, detail }: AuditDetail): string {
  const by = typeof detail['by'] === 'string' ? detail['by'] : actorWords(actor);
  if (action.startsWith('consent.')) return consentTitle(by, action, detail);
  if (action === 'contact.changed') return `${by} changed ${changedWords(detail['fields'])}`;
  if (action === 'contact.merged') return `${by} merged another contact of this person into this one`;
  if (action === 'contact.ended_by_merge') return `${by} merged the contact with this number into another one`;
  if (action === 'help.answered' && detail['answer'] === 'withheld')
    return 'Asked for help again; the answer of the last hour stands';
  if (action === 'confirmation.withheld') return `Was not answered: ${String(detail['because'])}`;
  if (action === 'contact.left_gateway') return 'Left the gateway’s address book; nothing changed here';
  if (action === 'message.dropped') return `${by} decided not to send a text that waited`;
  if (action === 'conversation.reviewed') return `${by} read the conversation and found no opt-out in it`;
  return `${by}: ${action.replace(/[._]/g, ' ')}`;
}

/** "Ann recorded express written consent to marketing texts", "Ann recorded: consent to informational texts taken back" */
function consentTitle(by: string, action: string, { purpose, kind }: AuditDetail['detail']): string {
  const to = `consent to ${purpose === 'all' ? 'all' : String(purpose)} texts`;
  switch (action) {
    case 'consent.granted':
      return `${by} recorded ${kind === 'express_written' ? 'express written' : 'express'} ${to}`;
    case 'consent.confirmed':
      return `${by}: ${to} confirmed`;
    case 'consent.expired':
      return `${by}: ${to} ended`;
    default:
      return `${by} recorded: ${to} taken back`;
  }
}

function actorWords(actor: string): string {
  if (actor === 'contact') return 'This person';
  if (actor === 'system') return 'Textwright';
  return actor.startsWith('api_key:') ? 'A program' : 'A colleague';
}

const fieldWords = new Map<unknown, string>(Object.entries(FIELD_WORDS));

const changedWords = (fields: unknown): string =>
  Array.isArray(fields) ? fields.map((field) => fieldWords.get(field) ?? String(field)).join(', ') : 'the contact';

const campaignOf = (row: { readonly campaignId: Uuid | null; readonly campaignName: string | null }) =>
  row.campaignId === null || row.campaignName === null ? null : { id: row.campaignId, name: row.campaignName };

/** A sentence goes on after a colon; abbreviations such as "US" stay as they are. */
const lowerFirst = (text: string): string =>
  /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
