import { addMs, MINUTE_MS } from '../platform/time.ts';
import type { HandedOver } from './record.ts';

/**
 * Counts refusals that name neither a known code nor a known field. One is about its text. Several in a row, with no accepted text
 * between, say that the gateway asks for something that nobody here knows yet: from then on they stop the account, and their texts
 * wait, for a refusal proves that nothing was sent. Otherwise a whole audience would end as failed.
 */
export interface UnexplainedRefusals {
  /** The result as it is to be recorded. */
  heard(result: HandedOver): HandedOver;
}

const IN_A_ROW_MAX = 5;
const WAIT_MS = 5 * MINUTE_MS;

/** At the end of the reason of such a pause; its remedy is in messages/outcome-sentences.ts. */
const CODE = 'unexplained_refusals';

export function countUnexplained(): UnexplainedRefusals {
  let inARow = 0;
  return {
    heard(result) {
      const { verdict } = result;
      if (verdict.to === 'sent') inARow = 0;
      if (verdict.to !== 'failed' || verdict.unexplained !== true) return result;
      inARow += 1;
      if (inARow < IN_A_ROW_MAX) return result;
      const { message } = verdict;
      return {
        ...result,
        outcome: 'refused_sender',
        verdict: {
          to: 'pending',
          notBefore: addMs(result.at, WAIT_MS),
          detail: message,
          sender: {
            scope: 'account',
            reason: `The gateway refused ${inARow} texts in a row for a cause that is not known here: ${message} (${CODE})`,
            until: 'fixed',
          },
        },
      };
    },
  };
}
