import type { Clock } from '../../platform/clock.ts';
import type { PeopleModel } from './people.ts';

export interface SandboxOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: '127.0.0.1';
  /** File of JSON lines from which a restarted sandbox goes on, also after kill -9. Absent: memory only. */
  readonly journalPath?: string;
  readonly accounts: readonly SandboxAccount[];
  /** Whatever is left out is as in `DEFAULT_PEOPLE`. */
  readonly people?: Partial<PeopleModel>;
  readonly limits?: {
    /** Per key, in any second of clock time. 10 when absent; `Infinity` lifts it. */
    readonly requestsPerSecond?: number;
  };
  readonly faults?: Faults;
  readonly refusals?: readonly Refusal[];
  /** Texts that people send without having been written to, each so long after the very first start. */
  readonly spontaneous?: readonly SpontaneousText[];
  /** The real provider does; off by default so that a run shows the product's own confirmation. */
  readonly providerSendsOptOutConfirmation?: boolean;
  readonly webhooks?: {
    /** Posts under way at once; 20 when absent. */
    readonly inFlightMax?: number;
    /** Real milliseconds that an endpoint has to answer; 10,000 when absent. */
    readonly answerTimeoutMs?: number;
  };
}

export interface SandboxAccount {
  readonly apiKey: string;
  readonly numbers: readonly SandboxNumber[];
}

export interface SandboxNumber {
  /** `PN...` */
  readonly id: string;
  readonly phone: string;
  readonly name: string;
}

export interface SpontaneousText {
  readonly from: string;
  readonly to: string;
  /** Drawn from the usual ones when absent. */
  readonly text?: string;
  readonly afterMs: number;
}

/** Shares from 0 to 1. Those of the API are exclusive: one request suffers at most one of them. */
export interface Faults {
  /** The connection breaks before the request is read. */
  readonly loseRequestShare?: number;
  /** The request is carried out, then the connection breaks. */
  readonly loseAnswerShare?: number;
  /** The request is carried out, and the connection breaks in the middle of the answer. */
  readonly cutAnswerShare?: number;
  readonly slowAnswerShare?: number;
  /** Real milliseconds, whatever the speed of the clock. */
  readonly slowAnswerMs?: number;
  /** Half of them have carried the request out. */
  readonly status500Share?: number;
  readonly duplicateWebhookShare?: number;
  /** Held back from half a minute to two hours, so that a receipt comes after the reply. */
  readonly reorderWebhookShare?: number;
  readonly loseWebhookShare?: number;
}

export const DEFAULT_FAULTS: Faults = { duplicateWebhookShare: 0.02, reorderWebhookShare: 0.03 };

/** Sends that match every given field are answered with this error and not carried out. */
export interface Refusal {
  readonly apiKey?: string;
  /** `PN...` of the sender number. */
  readonly laneRef?: string;
  readonly to?: string;
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly message: string;
  /** Value of a `Retry-After` header; the real provider documents none. */
  readonly retryAfter?: string;
}

/** The business errors that the provider documents for a send. */
export const REFUSALS = {
  registrationMissing: {
    status: 400,
    code: '0206400',
    title: 'A2P Registration Not Approved',
    message: 'Your US carrier registration is not approved',
  },
  noCredit: {
    status: 402,
    code: '0200402',
    title: 'Not Enough Credits',
    message: 'The organization does not have enough prepaid credits to send the message',
  },
  subscriptionExpired: {
    status: 402,
    code: '0201402',
    title: 'Subscription Expired',
    message: 'The subscription of the organization has expired',
  },
  notPhoneNumberUser: {
    status: 403,
    code: '0202403',
    title: 'Not Phone Number User',
    message: 'The user is not a user of the phone number',
  },
  dailyCap: {
    status: 403,
    code: '0204403',
    title: 'A2P 10DLC Daily Message Cap Reached',
    message: 'The daily message cap of your carrier registration is reached',
  },
  rateLimited: { status: 429, code: '0200429', title: 'Too Many Requests', message: 'Too many requests' },
} as const satisfies Readonly<Record<string, Refusal>>;
