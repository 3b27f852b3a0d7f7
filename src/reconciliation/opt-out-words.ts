import type { Uuid } from '../platform/ids.ts';
import type { OptOutDifference } from './decide-opt-outs.ts';

/** How it came that the gateway's books and ours differ, what was done, and what a person should do. Its evidence stands beside it. */
export function sayOptOutDifference({
  kind,
  laneId,
  optedInAt,
  optedOutAgainAt,
  eventId,
}: Pick<OptOutDifference, 'kind' | 'laneId' | 'optedInAt' | 'optedOutAgainAt'> & {
  readonly eventId: Uuid | null;
}): string {
  const came = eventId === null ? 'never reached us' : 'reached us, and could not be applied';
  const remedy = eventId === null ? 'see whether events come in' : 'see what its event says';
  switch (kind) {
    case 'refused':
      return optedInAt === null
        ? eventId === null
          ? 'The provider refused a text to this person because of its own list, and nothing here said so. They are opted out here now. Their STOP never reached us: see whether events come in'
          : 'The provider refused a text to this person because of its own list. That reached us, and could not be applied. They are opted out here now: see what its event says'
        : `The provider refused a text to this person because of its own list. ${LATER}`;
    case 'stop':
      if (optedInAt !== null)
        return `The provider has a text by which this person asked to stop, which ${came}. ${LATER}`;
      return laneId === null && eventId === null
        ? 'The person asked to stop at a number of the account that is not connected here. They are opted out here now. Connect that number, and their words reach us at once'
        : `The provider has a text by which this person asked to stop. It ${came}. They are opted out here now: ${remedy}`;
    case 'start':
      if (optedOutAgainAt !== null)
        return `The provider has a text by which this person asked for texts again. It ${came}. They have asked to stop since, so nothing was changed: they stay opted out here`;
      return laneId === null
        ? 'The person asked for texts again at a number of the account that is not connected here. They stay opted out here until they text START to a number that is'
        : `The provider has a text by which this person asked for texts again. It ${came}. It was applied now: what they said last counts`;
    case 'accepted':
      return 'The person is opted out here, and the provider took a text to them that was not sent from here. Whoever else texts with this account must leave them alone: the provider’s list does not stop them';
    default:
      return kind satisfies never;
  }
}

const LATER = 'They asked for texts here later than that, so nothing was changed';
