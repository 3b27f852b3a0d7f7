import { appendFileSync, closeSync, existsSync, openSync, readFileSync, truncateSync } from 'node:fs';
import type { ReplyKind } from './people-texts.ts';

/**
 * The sandbox's memory. A change is appended before it takes effect or is answered, so that a process that is killed at any
 * point comes back knowing everything that it has told anybody. One change is one line: it is there wholly or not at all.
 * Nothing is flushed to the disk: the process may die, the machine does not.
 *
 * Times are epoch milliseconds of the sandbox's clock.
 */
export type Entry =
  | { readonly kind: 'started'; readonly version: 1; readonly seed: number; readonly atMs: number }
  | OutboundEntry
  | { readonly kind: 'sent'; readonly messageId: string; readonly atMs: number }
  | {
      readonly kind: 'finished';
      readonly messageId: string;
      readonly outcome: 'delivered' | 'undelivered';
      readonly atMs: number;
      readonly reply?: PlannedReply;
    }
  | InboundEntry
  | CallEntry
  | { readonly kind: 'call_moved'; readonly callId: string; readonly to: CallStage; readonly atMs: number }
  | EventEntry
  | {
      readonly kind: 'attempted';
      readonly eventId: string;
      readonly atMs: number;
      readonly ok: boolean;
      /** Absent after success and after the last attempt. */
      readonly nextAttemptAtMs?: number;
    }
  | WebhookEntry
  | { readonly kind: 'webhook_removed'; readonly webhookId: string; readonly atMs: number };

export interface PlannedReply {
  readonly kind: ReplyKind;
  readonly byPhone?: true;
  readonly text: string;
  readonly atMs: number;
}

export interface OutboundEntry {
  readonly kind: 'outbound';
  readonly id: string;
  readonly account: number;
  /** `provider`: the opt-out confirmation that the provider itself sends. `app`: written by hand in the provider's own app. */
  readonly origin: 'api' | 'app' | 'provider';
  readonly laneRef: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly atMs: number;
  readonly nth: number;
  readonly outcome: 'delivered' | 'undelivered';
  readonly sentAtMs: number;
  readonly finalAtMs: number;
}

export interface InboundEntry {
  readonly kind: 'inbound';
  readonly id: string;
  readonly account: number;
  readonly laneRef: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly atMs: number;
  readonly cause: InboundCause;
}

export type InboundCause =
  | { readonly kind: 'reply'; readonly to: string; readonly mood: ReplyKind }
  | { readonly kind: 'spontaneous'; readonly index: number }
  /** A test or a person at the demo let somebody text. */
  | { readonly kind: 'asked_for' }
  /** Our own text from another of our numbers arrived. */
  | { readonly kind: 'own_text'; readonly messageId: string };

/** How far a call has come: it rings, has ended, and then the provider makes its recording, summary and transcript. */
export type CallStage = 'ringing' | 'ended' | 'recorded' | 'summarised' | 'transcribed';

/** Somebody calls one of our numbers; how that goes is known from the beginning. */
export interface CallEntry {
  readonly kind: 'call';
  readonly id: string;
  readonly account: number;
  readonly laneRef: string;
  readonly from: string;
  readonly to: string;
  readonly atMs: number;
  /** Of our text that the call answers. */
  readonly answers?: string;
  /** Absent when it is missed. */
  readonly answeredAtMs?: number;
  readonly endedAtMs: number;
  readonly voicemail?: { readonly durationSeconds: number };
  /** Which of the talks, when it is taken. */
  readonly talk?: number;
}

export type CallEventType =
  | 'call.ringing'
  | 'call.completed'
  | 'call.recording.completed'
  | 'call.summary.completed'
  | 'call.transcript.completed';

export interface EventEntry {
  readonly kind: 'event';
  readonly id: string;
  readonly account: number;
  readonly type: 'message.received' | 'message.delivered' | 'message.undelivered' | CallEventType;
  /** Of the text or the call that it tells of. */
  readonly messageId: string;
  /** The person's number: events of one person are posted one after the other. */
  readonly phone: string;
  readonly atMs: number;
  /** Absent when the network swallows it for good. */
  readonly firstAttemptAtMs?: number;
  readonly duplicateAfterMs?: number;
}

/** Written again when it is changed. */
export interface WebhookEntry {
  readonly kind: 'webhook';
  readonly id: string;
  readonly account: number;
  readonly url: string;
  readonly key: string;
  readonly events: readonly string[];
  readonly resourceIds: readonly string[];
  readonly label: string | null;
  readonly enabled: boolean;
  /** Made in generation 2026-03-30, and posted to in that generation's way. */
  readonly newest?: true;
  readonly atMs: number;
}

export type Change = readonly [Entry, ...Entry[]];

export interface Journal {
  append(change: Change): void;
  close(): void;
}

export const memoryJournal: Journal = { append: () => {}, close: () => {} };

/** Opens or creates the file and returns what it holds. A last line without its end was never answered and is cut off. */
export function openJournal(path: string): { readonly journal: Journal; readonly changes: readonly Change[] } {
  const changes = readChanges(path);
  const file = openSync(path, 'a');
  return {
    changes,
    journal: {
      append: (change) => appendFileSync(file, `${JSON.stringify(change)}\n`),
      close: () => closeSync(file),
    },
  };
}

function readChanges(path: string): readonly Change[] {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(path, end);
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  const changes = lines.map((line, index) => parseChange(line, `${path}:${index + 1}`));
  const first = changes[0]?.[0];
  if (first !== undefined && (first.kind !== 'started' || first.version !== 1))
    throw new Error(`${path}:1: expected the start of a sandbox journal of version 1; remove the file to start afresh`);
  return changes;
}

/** Only this file writes the journal, so that the shape is trusted once the line is whole. */
function parseChange(line: string, where: string): Change {
  try {
    const change: Change = JSON.parse(line);
    if (Array.isArray(change) && change.length > 0) return change;
  } catch {}
  throw new Error(`${where}: not a line of a sandbox journal; remove the file to start afresh`);
}
