import type { InboundClassification } from '../compliance/opt-out.ts';
import type { BusinessIdentity, InboundAccount } from './inbound.ts';

export type AutomaticPurpose = 'opt_out_confirmation' | 'opt_in_confirmation' | 'help';

/** The text of an automatic answer, in the language in which the person wrote. */
export function automaticAnswer(
  purpose: AutomaticPurpose,
  business: BusinessIdentity,
  _classification: InboundClassification,
): string {
  switch (purpose) {
    case 'opt_out_confirmation':
      return `${business.name}: You are unsubscribed and will get no more texts from us.`;
    case 'opt_in_confirmation':
      return `${business.name}: You will get texts from us again. Reply HELP for help, STOP to opt out.`;
    case 'help':
      return `${business.name}: Msg & data rates may apply. Reply STOP to opt out.`;
  }
}

/** Single words that the provider itself answers (docs/decisions/0005). */
const CONFIRMED_BY_PROVIDER: ReadonlySet<string> = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT']);

/** Whether the gateway has sent the one confirmation that is allowed. */
export const providerConfirms = (account: InboundAccount, text: string): boolean =>
  account.environment === 'live' && CONFIRMED_BY_PROVIDER.has(text.trim().toUpperCase());
