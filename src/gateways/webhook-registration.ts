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

/** `newest` tells more than `proven`, and not every key may use it. */
export const WEBHOOK_GENERATIONS = ['proven', 'newest'] as const;
export type WebhookGeneration = (typeof WEBHOOK_GENERATIONS)[number];

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
  /** Of the number whose address it is, where each number has one. */
  readonly laneRef?: string;
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
