import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './link-rows.module.css';

/** A short list of things that each have a page of their own. */
export const LinkRows = ({ children }: { readonly children: ReactNode }) => (
  <ul className={classes.rows}>{children}</ul>
);

interface LinkRowProps {
  /** The link with this class; the whole row leads where it leads. */
  readonly link: (className: string | undefined) => ReactNode;
  /** Small, under the link. */
  readonly second: ReactNode;
  readonly outcome: ReactNode;
  readonly state: ReactNode;
}

export const LinkRow = ({ link, second, outcome, state }: LinkRowProps) => (
  <li className={classes.row}>
    <div className={classes.name}>
      {link(classes.link)}
      <Text size="xs" c="dimmed" component="div">
        {second}
      </Text>
    </div>
    <Text size="sm" c="dimmed" component="div" className={classes.outcome} data-tabular>
      {outcome}
    </Text>
    <div className={classes.state}>{state}</div>
  </li>
);
