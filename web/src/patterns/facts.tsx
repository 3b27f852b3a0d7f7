import type { ReactNode } from 'react';
import classes from './facts.module.css';

/** What is known of one thing, a name and a value to a line; what is not known is left out. */
export const Facts = ({ children }: { readonly children: ReactNode }) => <dl className={classes.facts}>{children}</dl>;

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
