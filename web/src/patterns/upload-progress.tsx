import { Button, Group, Progress, Text } from '@mantine/core';
import type { UploadState } from '../api/use-upload.ts';
import { Notice } from './details.tsx';
import { ErrorState } from './error-state.tsx';
import { formatBytes } from './format.ts';
import classes from './upload-progress.module.css';

interface UploadProgressProps {
  readonly state: Extract<UploadState, { kind: 'sending' }>;
  readonly onStop: () => void;
  /** What is done with it when all of it is sent: "being kept". */
  readonly after: string;
}

/** How much of a file has been sent. */
export function UploadProgress({ state: { file, share }, onStop, after }: UploadProgressProps) {
  const percent = Math.floor(share * 100);
  return (
    <div className={classes.sending} role="status">
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm" fw={550} truncate>
          {file.name}
        </Text>
        <Button size="xs" variant="default" onClick={onStop}>
          Stop
        </Button>
      </Group>
      <Progress value={share * 100} aria-label={`Upload of ${file.name}`} transitionDuration={140} />
      <Text size="xs" c="dimmed" data-tabular>
        {share < 1
          ? `${formatBytes(file.size * share)} of ${formatBytes(file.size)} sent, ${percent}%`
          : `${formatBytes(file.size)} sent, ${after}`}
      </Text>
    </div>
  );
}

interface UploadProblemProps {
  readonly state: UploadState;
  /** Absent where the page's own button sends it once more. */
  readonly onRetry?: (file: File) => void;
}

/** Why a file was not taken; nothing while there is nothing to say. */
export function UploadProblem({ state, onRetry }: UploadProblemProps) {
  if (state.kind === 'refused')
    return (
      <div role="alert">
        <Notice tone="red">{state.sentence}</Notice>
      </div>
    );
  if (state.kind !== 'failed') return null;
  return (
    <ErrorState
      compact
      error={state.error}
      what={`“${state.file.name}” was not uploaded`}
      onRetry={onRetry === undefined ? undefined : () => onRetry(state.file)}
    />
  );
}
