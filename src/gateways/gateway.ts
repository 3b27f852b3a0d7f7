import type { Result } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import type { WebhookGeneration, WebhookKey, WebhookPart, WebhookRegistration } from './webhook-registration.ts';

/**
 * The port to a company whose API sends texts for us. Adapters translate one wire format each; one conformance suite runs on all
 * of them (`test/gateway-conformance.ts`).
 *
 * No method throws for anything that the other side or the network does: every outcome is a value. A throw is a bug.
 */
export interface Gateway {
  readonly kind: GatewayKind;
  /** Hands over one text for one recipient. Never retries by itself: whether to try again is the engine's decision. */
  send(request: SendRequest): Promise<SendOutcome>;
  /** Our outbound texts from one lane to one number since an instant, oldest first, all pages. Settles unknown outcomes. */
  listSent(query: ListQuery & { readonly to: string }): Promise<Answer<readonly GatewayMessage[]>>;
  /**
   * One page of what one lane sent and received, newest first, from an instant on; `olderThan` is the cursor of the page before.
   * A gateway that lists the two directions apart may bring on a later page what is newer than the end of this one. Shows whether
   * somebody else sends with this account.
   */
  listNewest(
    query: ListQuery & { readonly olderThan?: string | undefined },
  ): Promise<Answer<{ readonly messages: readonly GatewayMessage[]; readonly olderThan: string | undefined }>>;
  /** One message with its newest status; `undefined` when the gateway does not know the id. */
  getMessage(gatewayMessageId: string): Promise<Answer<GatewayMessage | undefined>>;
  /** The sender numbers of the account. */
  listNumbers(): Promise<Answer<readonly GatewayNumber[]>>;
  /** How the account's events are asked for. */
  readonly webhooks: GatewayWebhooks;
  /** What the gateway keeps of the past, page by page; absent where it cannot be listed. */
  readonly records?: GatewayRecords;
}

interface ListQuery {
  readonly laneRef: string;
  readonly since: Instant;
  /** Awaited before each request but the first: all of them count against the account's rate. */
  readonly mayGoOn?: (() => Promise<void>) | undefined;
}

/** The gateway's own books, with which ours are compared (src/reconciliation). One call is one request. */
export interface GatewayRecords {
  /** Texts of all numbers of the account, both ways. */
  listMessages(query: RecordsQuery): Promise<Answer<RecordsPage<ListedMessage>>>;
  /** One text by its id, for what no list has shown; nothing when the gateway does not know it. */
  readMessage(gatewayMessageId: string): Promise<Answer<Records<ListedMessage>>>;
  listCalls(query: RecordsQuery): Promise<Answer<RecordsPage<ListedCall>>>;
  /** One call by its id; nothing when the gateway does not know it. */
  readCall(gatewayCallId: string): Promise<Answer<Records<ListedCall>>>;
  /** What this gateway makes of calls. */
  readonly callParts: readonly CallPart[];
  /** What was made of a call; nothing when there is nothing yet, or never will be. */
  readCallPart(query: {
    readonly gatewayCallId: string;
    readonly part: CallPart;
  }): Promise<Answer<Records<RecordedEvent>>>;
  /** Absent where the gateway has texts and calls, but no conversations. */
  readonly conversations?: ConversationRecords;
}

export interface ConversationRecords {
  /** Those in which something happened in this time, whenever they began. */
  list(query: RecordsQuery): Promise<Answer<RecordsPage<ListedConversation>>>;
  /** Texts with one person through one number, both ways. */
  listThread(
    query: RecordsQuery & { readonly laneRef: string; readonly phone: string },
  ): Promise<Answer<RecordsPage<ListedMessage>>>;
}

/** `since` counts, `until` does not. `olderThan` is the cursor of the page before. */
export interface RecordsQuery {
  readonly since: Instant;
  readonly until: Instant;
  readonly olderThan?: string | undefined;
}

export interface Records<T> {
  readonly entries: readonly T[];
  /** Left out of `entries`. */
  readonly unreadable: readonly UnreadableEntry[];
}

/** An entry of the gateway's books that nobody here can read. */
export interface UnreadableEntry {
  /** The gateway's id of it, or a digest where it has none that could be kept. */
  readonly ref: string;
  /** Where it says so much. */
  readonly at: Instant | undefined;
  readonly problem: string;
}

/** Newest first. */
export interface RecordsPage<T> extends Records<T> {
  /** `undefined` on the last page. */
  readonly olderThan: string | undefined;
}

/** What a webhook would have told. The id of the event follows from what is told, so that it counts once however often it is listed. */
export interface RecordedEvent {
  /** In a form that the edge of this gateway parses. */
  readonly payload: string;
  /** As the edge has parsed it. */
  readonly event: GatewayEvent;
}

export interface ListedMessage extends GatewayMessage {
  /** `undefined`: a number that the account has no more. */
  readonly laneRef: string | undefined;
  /** When its status was last changed. */
  readonly updatedAt: Instant;
  /** That it was received, or sent. */
  readonly began: RecordedEvent;
  /** That it was delivered or failed; `undefined` for one that is under way, or inbound. */
  readonly ended: RecordedEvent | undefined;
}

export interface ListedCall {
  readonly gatewayCallId: string;
  readonly laneRef: string | undefined;
  readonly direction: 'inbound' | 'outbound' | undefined;
  readonly participants: readonly string[];
  readonly startedAt: Instant;
  readonly answered: boolean;
  /** That it is over; `undefined` while it is under way. */
  readonly ended: RecordedEvent | undefined;
}

export const CALL_PARTS = ['recording', 'summary', 'transcript', 'voicemail'] as const;
export type CallPart = (typeof CALL_PARTS)[number];

export interface ListedConversation {
  readonly laneRef: string;
  /** Without our own number; several make a group. */
  readonly participants: readonly string[];
  readonly lastActivityAt: Instant;
  /** Of its newest text or call. */
  readonly lastActivityId: string | undefined;
}

/**
 * How an account's events are asked for, as part of the port. Where a gateway cannot change a registration, or its key, a new one is
 * made beside it: the answer then has another `ref`, and the old one is to be removed once the new key is known here.
 */
export interface GatewayWebhooks {
  /** What an account needs, in each generation of the gateway's events. */
  readonly parts: Readonly<Record<WebhookGeneration, readonly WebhookPart[]>>;
  list(): Promise<Answer<readonly WebhookRegistration[]>>;
  create(wanted: { readonly part: string; readonly url: string }): Promise<Answer<WebhookKey>>;
  /** Everything it can post, of all numbers, to `url`, switched on. */
  update(registration: WebhookRegistration, url: string): Promise<Answer<WebhookKey>>;
  /** Another key. */
  rotate(registration: WebhookRegistration, url: string): Promise<Answer<WebhookKey>>;
  /** Removing what is gone already succeeds. */
  remove(registration: Pick<WebhookRegistration, 'ref' | 'part'>): Promise<Answer<undefined>>;
}

export const GATEWAY_KINDS = ['quo', 'twilio'] as const;
export type GatewayKind = (typeof GATEWAY_KINDS)[number];

export interface SendRequest {
  /** How the gateway names the sender number: an id of its own (`PN...`), or the number itself. */
  readonly laneRef: string;
  /** E.164. Exactly one: several recipients would become one group conversation. */
  readonly to: string;
  readonly text: string;
  /**
   * Asked anew in the instant in which the request is written: after this one it must not begin any more. Connecting takes its time,
   * and a process may have stood still meanwhile.
   */
  readonly notAfter?: Instant;
  /** Asked in the same breath in which the request would leave: `not_called` when it says no. */
  readonly mayBegin?: () => boolean;
  /** One of many: it must not be in the way of an answer. */
  readonly isCampaign?: boolean;
}

/** Exhaustive. What each class means for the attempt is said in `sending/`. */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly gatewayMessageId: string; readonly status: DeliveryStatus }
  /** This person or this text cannot be served; others can. */
  | {
      readonly kind: 'refused_recipient';
      readonly code: string;
      readonly message: string;
      /** `unexplained`: neither a known code nor a known field; it may be about this text or about all. */
      readonly effect: 'none' | 'opted_out' | 'blocked' | 'invalid_number' | 'unexplained';
    }
  /** Nothing will go out from this lane or account until a person acts or the day ends. */
  | {
      readonly kind: 'refused_sender';
      readonly scope: 'lane' | 'account';
      readonly code: string;
      readonly message: string;
      readonly until: 'fixed' | 'next_day';
    }
  /** Provably not taken: rate limit, or the connection was never made. No attempt is used. */
  | { readonly kind: 'throttled'; readonly reason: 'rate_limit' | 'unreachable'; readonly retryAfterMs: number }
  /** The moment had passed: no request was written. */
  | { readonly kind: 'not_called'; readonly detail: string }
  /** Time-out, 5xx, connection lost after the request left: it may have been taken. Ask, never send again blindly. */
  | { readonly kind: 'unknown'; readonly detail: string };

/** Where a text stands at the gateway, in the order of `rank`; a later report with a lower rank changes nothing. */
export type DeliveryStatus = 'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed';

export interface GatewayMessage {
  readonly gatewayMessageId: string;
  readonly direction: 'outbound' | 'inbound';
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly status: DeliveryStatus | 'received';
  readonly createdAt: Instant;
}

export interface GatewayNumber {
  readonly laneRef: string;
  readonly phone: string;
  readonly name: string;
  /** False when the gateway says that this number may not text US numbers (10DLC registration missing). */
  readonly mayTextUs: boolean;
}

/** A read that failed says whether asking again can help. */
export type Answer<T> = Result<T, GatewayProblem>;
export interface GatewayProblem {
  readonly kind: 'unauthorized' | 'throttled' | 'unavailable' | 'refused';
  readonly message: string;
  readonly retryAfterMs?: number;
  /** The request was written and no answer could be read: what it asked for may have been done. */
  readonly mayBeDone?: true;
}

/** A webhook as parsed at the edge. Times are the gateway's own, never later than the receipt. */
export type GatewayEvent = EventContent & {
  /** The gateway's id of this event, the same in every repetition. */
  readonly eventId: string;
  /** When it happened. */
  readonly at: Instant;
  /** What could not be taken as it was sent and was put right, in words; absent when there was nothing. */
  readonly repairs?: readonly string[];
};

export type EventContent = MessageEvent | CallEvent | ContactEvent | OtherEvent;

type MessageEvent =
  | {
      readonly type: 'message_received';
      readonly gatewayMessageId: string;
      readonly from: string;
      readonly to: readonly string[];
      readonly laneRef: string | undefined;
      readonly text: string;
      readonly media: readonly { readonly url: string; readonly type: string | undefined }[];
      /** It does not say whether it has pictures: `media` is empty. */
      readonly mediaUntold?: true;
      /** The gateway took the text for this keyword of its own, did what it asks, and has answered the person. */
      readonly keyword?: 'opt_out' | 'opt_in' | 'help';
    }
  /** A text from one of our numbers, whoever sent it. */
  | {
      readonly type: 'message_sent';
      readonly gatewayMessageId: string;
      readonly to: readonly string[];
      readonly from: string;
      readonly laneRef: string | undefined;
      readonly text: string;
      readonly media: readonly { readonly url: string; readonly type: string | undefined }[];
    }
  | {
      readonly type: 'message_status';
      readonly gatewayMessageId: string;
      /** Whom the text was for; absent when the event does not say, or when it was a group. */
      readonly to: string | undefined;
      readonly status: DeliveryStatus;
      readonly errorCode: string | undefined;
    };

/** What an event says of its call. Whatever it does not say is undefined: another event of the same call may. */
export interface CallFacts {
  readonly gatewayCallId: string;
  readonly laneRef: string | undefined;
  readonly direction: 'inbound' | 'outbound' | undefined;
  /** Numbers on the line, our own possibly among them. */
  readonly participants: readonly string[];
  readonly startedAt: Instant | undefined;
  readonly answeredAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  readonly durationSeconds: number | undefined;
  readonly forwardedTo: string | undefined;
  /** The gateway's own word for how it stands or ended. */
  readonly status: string | undefined;
}

/** Durations are whole seconds. */
export interface CallRecording {
  /** The gateway's id, or the address of the recording, without the signature in its query, where it gives none. */
  readonly ref: string;
  readonly url: string | undefined;
  readonly mediaType: string | undefined;
  readonly durationSeconds: number | undefined;
  readonly startedAt: Instant | undefined;
}

export interface Voicemail {
  readonly url: string | undefined;
  readonly durationSeconds: number | undefined;
  readonly transcript: string | undefined;
}

/** `status` of what the gateway makes of a call afterwards. */
export type ProcessingStatus = 'absent' | 'in_progress' | 'completed' | 'failed';

type CallEvent =
  | {
      readonly type: 'call_progress';
      readonly step: 'ringing' | 'answered' | 'forwarded' | 'missed' | 'completed';
      readonly call: CallFacts;
      readonly voicemail: Voicemail | undefined;
      /** Older generations tell of recordings when the call ends; empty otherwise. */
      readonly recordings: readonly CallRecording[];
    }
  | { readonly type: 'call_recording'; readonly call: CallFacts; readonly recordings: readonly CallRecording[] }
  | { readonly type: 'call_voicemail'; readonly call: CallFacts; readonly voicemail: Voicemail }
  | {
      readonly type: 'call_summary';
      readonly call: CallFacts;
      readonly status: ProcessingStatus;
      readonly summary: readonly string[];
      readonly nextSteps: readonly string[];
    }
  | {
      readonly type: 'call_transcript';
      readonly call: CallFacts;
      readonly status: ProcessingStatus;
      /** Seconds from the start of the call. */
      readonly lines: readonly {
        readonly speaker: string;
        readonly text: string;
        readonly startSeconds: number;
        readonly endSeconds: number;
      }[];
    };

/** A person in the address book of the gateway. */
type ContactEvent =
  | {
      readonly type: 'contact_updated';
      readonly gatewayContactId: string;
      readonly firstName: string | undefined;
      readonly lastName: string | undefined;
      readonly company: string | undefined;
      readonly phones: readonly string[];
      readonly emails: readonly string[];
    }
  | { readonly type: 'contact_deleted'; readonly gatewayContactId: string };

/** Kept and shown, without effect. */
type OtherEvent = { readonly type: 'other'; readonly name: string };

/** The edge of incoming events: signature first, on raw bytes, then one parse. */
export interface WebhookEdge {
  verify(input: {
    /** The public address as the gateway called it, with its query: some sign it. */
    readonly url: string;
    readonly rawBody: Uint8Array;
    readonly header: (name: string) => string | undefined;
    /** Newest first; two while a secret is being rotated. */
    readonly secrets: readonly string[];
    readonly now: Instant;
    readonly toleranceMs: number;
  }): Result<{ readonly secretIndex: number }, WebhookRefusal>;
  /**
   * Whatever a signed body says, its event can be stored: what a database would refuse is repaired, a field that is garbage is left
   * out, an event that says too little becomes `other`; `repairs` says so. An error is a body that is no event at all.
   */
  parse(rawBody: Uint8Array, receivedAt: Instant): Result<GatewayEvent, { readonly message: string }>;
}

export interface WebhookRefusal {
  readonly reason:
    | 'signature_missing'
    /** Nothing but schemes or versions that are not known here; `message` says which. */
    | 'signature_unsupported'
    /** A scheme that is known, written as it never is. */
    | 'signature_malformed'
    | 'signature_wrong'
    | 'timestamp_outside_window';
  readonly message: string;
}
