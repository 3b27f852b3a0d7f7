import type { ReactNode } from 'react';
import type { Tone } from '../theme.ts';
import classes from './details.module.css';
import { toneStyle } from './tone.ts';

interface FactsProps {
  readonly children: ReactNode;
  /** Labels of one short word leave more room for what they name. */
  readonly labels?: 'short';
}

/** What is known of one thing, a name and a value to a line; what is not known is left out. */
export const Facts = ({ children, labels }: FactsProps) => (
  <dl className={classes.facts} data-labels={labels}>
    {children}
  </dl>
);

export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </>
  );
}

/** Something about the page that has to be known: an error that is stored, a wait with its reason. */
export const Notice = ({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) => (
  <div className={classes.notice} style={toneStyle(tone)}>
    {children}
  </div>
);
