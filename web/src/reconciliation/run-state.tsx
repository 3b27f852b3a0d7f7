import type { Reconciliation } from '../api/reconciliations.ts';
import { StateBadge } from '../patterns/state-badge.tsx';

/** A run that waits has not begun, like a text that is pending. */
export const RunState = ({ run }: { readonly run: Pick<Reconciliation, 'state'> }) =>
  run.state === 'waiting' ? <StateBadge state="pending">Waiting</StateBadge> : <StateBadge state={run.state} />;
