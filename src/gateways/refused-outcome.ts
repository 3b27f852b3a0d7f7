import { unreachable } from '../platform/result.ts';
import type { Consequence } from './decide-consequence.ts';
import type { SendOutcome } from './gateway.ts';

/** A refusal in the words of the gateway. */
export interface Refused {
  readonly code: string;
  readonly message: string;
}

/** What a known failure code makes of a text that the gateway did not take. */
export function refusedFor(consequence: Consequence, refused: Refused): SendOutcome {
  switch (consequence.blames) {
    case 'lane':
    case 'account':
      return { kind: 'refused_sender', scope: consequence.blames, ...refused, until: consequence.until };
    case 'words':
      return { kind: 'refused_recipient', ...refused, effect: 'none' };
    case 'recipient': {
      const { effect } = consequence;
      return { kind: 'refused_recipient', ...refused, effect: effect === 'out_of_use' ? 'none' : effect };
    }
    default:
      return unreachable(consequence);
  }
}
