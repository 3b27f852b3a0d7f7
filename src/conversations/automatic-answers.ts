import {
  helpAnswer,
  type OptOutKind,
  optInConfirmation,
  optOutConfirmation,
  type SendingBusiness,
} from '../compliance/confirmation-texts.ts';
import type { ConsentPurpose } from '../compliance/consent.ts';
import type { InboundClassification } from '../compliance/opt-out.ts';
import type { OptOutConfirmer } from '../gateways/account.ts';
import { unreachable } from '../platform/result.ts';
import type { BusinessIdentity, InboundAccount, InboundText } from './inbound.ts';

export type AutomaticPurpose = 'opt_out_confirmation' | 'opt_in_confirmation' | 'help';

/** The text of an automatic answer, in the language in which the person wrote. `agreedTo` is what they may be told to be signed up for. */
export function automaticAnswer(
  purpose: AutomaticPurpose,
  identity: BusinessIdentity,
  classification: InboundClassification,
  agreedTo: ConsentPurpose | null = null,
): string {
  const business = answeringBusiness(identity);
  const language = classification.language ?? 'en';
  switch (purpose) {
    case 'opt_out_confirmation':
      return optOutConfirmation(business, { kind: optOutKind(classification), language });
    case 'opt_in_confirmation':
      return optInConfirmation(business, { language, agreedTo });
    case 'help':
      return helpAnswer(business, { language });
    default:
      return unreachable(purpose);
  }
}

export const answeringBusiness = ({ name, phone, email }: BusinessIdentity): SendingBusiness => ({
  name,
  ...(phone === null ? {} : { phone }),
  ...(email === null ? {} : { email }),
});

function optOutKind({ tier, family }: InboundClassification): OptOutKind {
  if (family === 'wrong_person') return 'wrong_number';
  if (family === 'bereavement') return 'bereavement';
  return tier === 1 ? 'keyword' : 'intent';
}

type Keyword = NonNullable<InboundText['keyword']>;

/** Single words that the provider itself answers (docs/decisions/0005, 0025). */
const ANSWERED_BY_PROVIDER: Readonly<Record<InboundAccount['kind'], ReadonlyMap<string, Keyword>>> = {
  quo: new Map(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT'].map((word) => [word, 'opt_out'])),
  twilio: new Map([
    ...['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'].map(
      (word) => [word, 'opt_out'] as const,
    ),
    ...['START', 'YES', 'UNSTOP'].map((word) => [word, 'opt_in'] as const),
  ]),
};

/** Whether the confirmation of this opt-out is ours to give. Whoever says that it has answered is believed: one is allowed, not two. */
export function weConfirmOptOut(
  account: InboundAccount,
  text: Pick<InboundText, 'text' | 'keyword'>,
  confirmer: OptOutConfirmer,
): boolean {
  switch (confirmer) {
    case 'by_word':
      return !providerAnswers(account, text, 'opt_out');
    case 'textwright':
      return text.keyword !== 'opt_out';
    case 'provider':
      return false;
    default:
      return unreachable(confirmer);
  }
}

/** Whether the gateway has given the answer to this: an opt-out may be confirmed once only. */
export const providerAnswers = (
  account: InboundAccount,
  { text, keyword }: Pick<InboundText, 'text' | 'keyword'>,
  meaning: Keyword,
): boolean =>
  keyword === meaning ||
  (account.environment === 'live' && ANSWERED_BY_PROVIDER[account.kind].get(text.trim().toUpperCase()) === meaning);
