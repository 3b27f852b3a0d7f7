import type { AccountRow } from '../gateways/account.ts';
import type { WebhookRefusal } from '../gateways/gateway.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

export type IntakeRefusal =
  | { readonly kind: 'unknown_account'; readonly message: string }
  | { readonly kind: 'too_many'; readonly message: string; readonly retryAfterSeconds: number }
  | { readonly kind: 'signature'; readonly message: string; readonly reason: WebhookRefusal['reason'] }
  /** Not in the database; on the disk, unless that fails too. */
  | { readonly kind: 'away'; readonly message: string };

export const tooMany = (retryAfterSeconds: number): IntakeRefusal => ({
  kind: 'too_many',
  retryAfterSeconds,
  message: 'too many webhooks from this address: send it later',
});

/** The address to which a webhook came. */
export interface WebhookTarget {
  readonly kind: AccountRow['kind'];
  /** `only`: the one account of this kind. */
  readonly accountId: Uuid | 'only';
  readonly sandboxOnly: boolean;
}

/** By their names in lower case. */
export type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A webhook of which nothing else is known. */
export interface AddressedWebhook extends WebhookTarget {
  /** Address of whoever sends it. */
  readonly source: string;
}

export interface IncomingWebhook extends AddressedWebhook {
  /** From `?` on, empty without. */
  readonly query: string;
  readonly rawBody: Uint8Array;
  readonly headers: IncomingHeaders;
}

export interface ReceivedWebhook extends IncomingWebhook {
  readonly receivedAt: Instant;
}
