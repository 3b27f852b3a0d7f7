import { IconBellRinging } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Status } from '../api/operations.ts';
import { mayAct, type Role } from '../api/session.ts';
import { formatCount } from '../patterns/format.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './attention-badge.module.css';

/** How much is wrong, on every page, for those who may mend it. */
export function AttentionBadge({ status, role }: { readonly status: Status; readonly role: Role }) {
  const { openAlerts } = status;
  if (openAlerts === 0 || !mayAct(role, 'manager')) return null;
  return (
    <Link to="/alerts" className={classes.badge}>
      <IconBellRinging size={16} stroke={ICON_STROKE} aria-hidden />
      <span data-tabular>{formatCount(openAlerts)}</span>
      <span className={classes.word}>{openAlerts === 1 ? 'alert' : 'alerts'}</span>
    </Link>
  );
}
