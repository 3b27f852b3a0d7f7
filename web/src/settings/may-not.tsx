import { IconLock } from '@tabler/icons-react';
import type { Role } from '../api/session.ts';
import { rightSentence } from '../patterns/no-right.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './settings.module.css';

/** Beside what this person can see but not change: who may. */
export function MayNot({ least, act }: { readonly least: Role; readonly act: string }) {
  return (
    <p className={classes.refusal}>
      <IconLock size={16} stroke={ICON_STROKE} aria-hidden />
      {rightSentence(least, act)}
    </p>
  );
}
