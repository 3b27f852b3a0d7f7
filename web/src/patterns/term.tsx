import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './term.module.css';

/** A word that not everybody knows; what it means is told to the mouse, to the keyboard and to a finger. */
export const Term = ({ meaning, children }: { readonly meaning: string; readonly children: ReactNode }) => (
  <Tooltip label={meaning}>
    <button type="button" className={classes.term}>
      {children}
    </button>
  </Tooltip>
);
