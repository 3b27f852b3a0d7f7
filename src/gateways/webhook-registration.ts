import type { Answer } from './gateway.ts';

/** What the events of an account tell of. */
export const WEBHOOK_TOPICS = [
  'texts',
  'receipts',
  'failures',
  'calls',
  'recordings',
  'voicemails',
  'summaries',
  'transcripts',
  'contacts',
] as const;
export type WebhookTopic = (typeof WEBHOOK_TOPICS)[number];

/** One thing that a gateway registers for us: the events of one family, or all of them, or those of one number. */
export interface WebhookPart {
  /** The adapter's own word for it. */
  readonly part: string;
  /** All that a registration of this part can post. */
  readonly topics: readonly WebhookTopic[];
  /** Not every plan of the gateway has it. */
  readonly optional?: true;
}

/** The part of a gateway that keeps one address per number instead of registrations: there is always exactly one, perhaps empty. */
export const NUMBER_PART = 'number';

/** One registration as the gateway lists it, whoever made it. */
export interface WebhookRegistration extends WebhookPart {
  readonly ref: string;
  /** In words: "WH1", "the number +16175550100". */
  readonly name: string;
  /** Empty where none is set. */
  readonly url: string;
  readonly enabled: boolean;
  /** Of `topics`, those that it does not post. */
  readonly lacks: readonly WebhookTopic[];
  /** The events of some numbers only. */
  readonly narrowed: boolean;
  /** The key that signs its events, where the list tells it. */
  readonly secret: string | undefined;
}

/** Which registration signs with what. */
export interface WebhookKey {
  readonly ref: string;
  readonly part: string;
  /** Undefined: as before. */
  readonly secret: string | undefined;
}

/**
 * How an account's events are asked for, as part of the port. Where a gateway cannot change a registration, or its key, a new one is
 * made beside it: the answer then has another `ref`, and the old one is to be removed once the new key is known here.
 */
export interface GatewayWebhooks {
  /** What a new account needs, and the same in the gateway's newest generation, which tells more. */
  readonly parts: { readonly proven: readonly WebhookPart[]; readonly newest: readonly WebhookPart[] };
  list(): Promise<Answer<readonly WebhookRegistration[]>>;
  create(wanted: { readonly part: string; readonly url: string }): Promise<Answer<WebhookKey>>;
  /** Everything it can post, of all numbers, to `url`, switched on. */
  update(registration: WebhookRegistration, url: string): Promise<Answer<WebhookKey>>;
  /** Another key. */
  rotate(registration: WebhookRegistration, url: string): Promise<Answer<WebhookKey>>;
  /** Removing what is gone already succeeds. */
  remove(registration: Pick<WebhookRegistration, 'ref' | 'part'>): Promise<Answer<undefined>>;
}
