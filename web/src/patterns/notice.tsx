import type { ReactNode } from 'react';
import type { Tone } from '../theme.ts';
import classes from './notice.module.css';
import { toneStyle } from './tone.ts';

/** Something about the page that has to be known: an error that is stored, a wait with its reason. */
export const Notice = ({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) => (
  <div className={classes.notice} style={toneStyle(tone)}>
    {children}
  </div>
);
