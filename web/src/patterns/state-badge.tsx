import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { ICON_STROKE } from '../theme.ts';
import classes from './state-badge.module.css';
import { type StateName, stateWord } from './states.ts';
import { toneStyle } from './tone.ts';

interface StateBadgeProps {
  readonly state: StateName | (string & {});
  /** Why it is in this state; shown on hover and focus, and read out. */
  readonly reason?: string | null | undefined;
  /** `plain` has no background: for table cells and under bubbles. */
  readonly look?: 'badge' | 'plain';
  /** Replaces the vocabulary's word where the row needs more ("Delivered 14:35 EDT"). */
  readonly children?: ReactNode;
}

/** A state as word, colour and icon. */
export function StateBadge({ state, reason, look = 'badge', children }: StateBadgeProps) {
  const { word, tone, icon: StateIcon, moving } = stateWord(state);
  const badge = (
    <span className={classes.badge} data-look={look} style={toneStyle(tone)} {...(reason ? { tabIndex: 0 } : {})}>
      {moving ? <span className={classes.pulse} /> : <StateIcon size={14} stroke={ICON_STROKE + 0.25} aria-hidden />}
      {children ?? word}
    </span>
  );
  return reason ? <Tooltip label={reason}>{badge}</Tooltip> : badge;
}
