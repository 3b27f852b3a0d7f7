import { Tooltip } from '@mantine/core';
import { IconFlask, IconPlugOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Status } from '../api/operations.ts';
import { useProductClock } from '../api/product-clock.ts';
import { formatClock, formatCount } from '../patterns/format.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './environment-badge.module.css';

/**
 * Says loudly when texts do not reach real phones or the clock is not the world's: nobody may take the sandbox for the real thing, or
 * the other way round.
 */
export function EnvironmentBadge({ status }: { readonly status: Status }) {
  const warped = status.clock.factor !== 1;
  if (status.environment === 'none' && !warped)
    return (
      <Link to="/settings" className={classes.badge} data-quiet>
        <IconPlugOff size={16} stroke={ICON_STROKE} aria-hidden />
        No number yet
      </Link>
    );
  if (status.environment === 'live' && !warped) return null;
  const place =
    status.environment === 'sandbox' ? 'Sandbox' : status.environment === 'live' ? 'Live numbers' : 'No number yet';
  return (
    <Tooltip label={sentence(status)}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the explanation must be reachable by keyboard. */}
      <span className={classes.badge} tabIndex={0}>
        <IconFlask size={16} stroke={ICON_STROKE} aria-hidden />
        {place}
        {warped ? <WarpedClock factor={status.clock.factor} /> : null}
      </span>
    </Tooltip>
  );
}

function WarpedClock({ factor }: { readonly factor: number }) {
  const clock = useProductClock();
  return (
    <>
      <span className={classes.factor}>clock × {formatCount(factor)}</span>
      <span className={classes.clock} data-clock>
        {formatClock(clock)}
      </span>
    </>
  );
}

function sentence(status: Status): string {
  const texts =
    status.environment === 'sandbox'
      ? 'Texts go to simulated phones; nobody real is texted.'
      : status.environment === 'live'
        ? 'Texts reach real phones.'
        : 'No number is connected, so nothing is sent.';
  const { factor } = status.clock;
  return factor === 1 ? texts : `${texts} The clock runs ${formatCount(factor)} times as fast as real time.`;
}
