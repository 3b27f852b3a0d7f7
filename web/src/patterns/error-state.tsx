import { Button, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { isProblem, problemSentence } from '../api/problem.ts';
import { ICON_STROKE } from '../theme.ts';
import { CopyText } from './copy-text.tsx';
import classes from './message-block.module.css';
import { NoRight } from './no-right.tsx';
import { toneStyle } from './tone.ts';

interface ErrorStateProps {
  readonly error: unknown;
  /** What could not be done: "The contacts could not be loaded". */
  readonly what: string;
  readonly onRetry?: (() => void) | undefined;
  /** One line, for a part of a page or the top of a list that still shows what it has. */
  readonly compact?: boolean;
}

/** What failed, why, the reference to quote, and trying again. A refusal for lack of rights says who may instead. */
export function ErrorState({ error, what, onRetry, compact = false }: ErrorStateProps) {
  if (isProblem(error, 403)) return <NoRight sentence={error.problem.detail} />;
  const reference = isProblem(error) ? error.reference : undefined;
  const retry =
    onRetry === undefined ? null : (
      <Button
        variant="default"
        size={compact ? 'xs' : 'sm'}
        leftSection={<IconRefresh size={16} stroke={ICON_STROKE} />}
        onClick={onRetry}
      >
        Try again
      </Button>
    );
  if (compact)
    return (
      <div className={classes.compact} role="alert" style={toneStyle('red')}>
        <IconAlertTriangle size={16} stroke={ICON_STROKE} aria-hidden />
        <span className={classes.compactText}>
          <strong>{what}.</strong> {problemSentence(error)}
        </span>
        {reference === undefined ? null : <CopyText value={reference} label="Copy the reference" quiet />}
        {retry}
      </div>
    );
  return (
    <div className={classes.block} role="alert" style={toneStyle('red')}>
      <IconAlertTriangle size={28} stroke={1.5} className={classes.icon} aria-hidden />
      <Title order={2} size="h3">
        {what}
      </Title>
      <Text c="dimmed" size="sm">
        {problemSentence(error)}
      </Text>
      {reference === undefined ? null : (
        <Text c="dimmed" size="xs" component="div">
          Reference <CopyText value={reference} label="Copy the reference" />
        </Text>
      )}
      {retry === null ? null : <div className={classes.actions}>{retry}</div>}
    </div>
  );
}
