import { helpText, optInConfirmationText, optOutConfirmationText } from '../compliance/confirmation-texts.ts';
import type { InboundClassification } from '../compliance/opt-out.ts';
import type { InboundAccount } from './record-inbound.ts';

export interface BusinessIdentity {
  readonly name: string;
  readonly phone: string | null;
  readonly email: string | null;
}
