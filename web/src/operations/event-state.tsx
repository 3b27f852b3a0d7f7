import type { WebhookEvent } from '../api/webhook-events.ts';
import { StateBadge } from '../patterns/state-badge.tsx';

/** How an event stands. `received` is a text's word too; of an event it means that it waits. */
export function EventState({ state, plain }: { readonly state: WebhookEvent['state']; readonly plain?: true }) {
  const look = plain ? 'plain' : 'badge';
  return state === 'received' ? (
    <StateBadge state="pending" look={look}>
      Received
    </StateBadge>
  ) : (
    <StateBadge state={state} look={look} />
  );
}
