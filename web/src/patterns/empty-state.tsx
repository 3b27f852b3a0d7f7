import { Text, Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './message-block.module.css';

interface EmptyStateProps {
  readonly icon: Icon;
  readonly title: string;
  /** What this is for, in a sentence or two. */
  readonly children?: ReactNode;
  /** One action first; a sample to try it with may follow. */
  readonly actions?: ReactNode;
}

/** Nothing here yet, or nothing that matches: says what the place is for and what to do. */
export function EmptyState({ icon: EmptyIcon, title, children, actions }: EmptyStateProps) {
  return (
    <div className={classes.block}>
      <EmptyIcon size={28} stroke={1.5} className={classes.icon} aria-hidden />
      <Title order={2} size="h3">
        {title}
      </Title>
      {children === undefined ? null : (
        <Text c="dimmed" size="sm" component="div">
          {children}
        </Text>
      )}
      {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
