import {
  helpAnswer,
  type OptOutKind,
  optInConfirmation,
  optOutConfirmation,
} from '../compliance/confirmation-texts.ts';
import type { InboundClassification } from '../compliance/opt-out.ts';
import { unreachable } from '../platform/result.ts';
import type { BusinessIdentity, InboundAccount } from './inbound.ts';

export type AutomaticPurpose = 'opt_out_confirmation' | 'opt_in_confirmation' | 'help';

/** The frequency that HELP and opt-in answers promise. */
const MESSAGES_PER_MONTH_MAX = 4;

/** The text of an automatic answer, in the language in which the person wrote. */
export function automaticAnswer(
  purpose: AutomaticPurpose,
  identity: BusinessIdentity,
  classification: InboundClassification,
): string {
  const business = {
    name: identity.name,
    ...(identity.phone === null ? {} : { phone: identity.phone }),
    ...(identity.email === null ? {} : { email: identity.email }),
  };
  const language = classification.language ?? 'en';
  switch (purpose) {
    case 'opt_out_confirmation':
      return optOutConfirmation(business, { kind: optOutKind(classification), language });
    case 'opt_in_confirmation':
      return optInConfirmation(business, { language, messagesPerMonthMax: MESSAGES_PER_MONTH_MAX });
    case 'help':
      return helpAnswer(business, { language, messagesPerMonthMax: MESSAGES_PER_MONTH_MAX });
    default:
      return unreachable(purpose);
  }
}

function optOutKind({ tier, family }: InboundClassification): OptOutKind {
  if (family === 'wrong_person') return 'wrong_number';
  if (family === 'bereavement') return 'bereavement';
  return tier === 1 ? 'keyword' : 'intent';
}

/** Single words that the provider itself answers (docs/decisions/0005). */
const CONFIRMED_BY_PROVIDER: ReadonlySet<string> = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT']);

/** Whether the gateway has sent the one confirmation that is allowed. */
export const providerConfirms = (account: InboundAccount, text: string): boolean =>
  account.environment === 'live' && CONFIRMED_BY_PROVIDER.has(text.trim().toUpperCase());
