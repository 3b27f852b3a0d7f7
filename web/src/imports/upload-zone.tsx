import '@mantine/dropzone/styles.layer.css';
import { Button, Group, Progress, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconAlertTriangle, IconFileTypeCsv, IconUpload } from '@tabler/icons-react';
import { useRef } from 'react';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatBytes } from '../patterns/format.ts';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './imports.module.css';
import { SampleImportButton } from './sample-import-button.tsx';
import { type UploadState, useUpload } from './use-upload.ts';

/** Takes a file by dropping or choosing it, and sends it. */
export function UploadZone() {
  const { state, start, stop } = useUpload();
  const openChooser = useRef<() => void>(null);
  if (state.kind === 'sending') return <Sending state={state} onStop={stop} />;
  return (
    <div className={classes.upload}>
      <Dropzone
        className={classes.zone ?? ''}
        openRef={openChooser}
        multiple={false}
        activateOnClick={false}
        activateOnKeyboard={false}
        enablePointerEvents
        inputProps={{ 'aria-label': 'CSV file with contacts' }}
        onDrop={([file]) => {
          if (file !== undefined) start(file);
        }}
        onReject={([first]) => {
          if (first !== undefined) start(first.file);
        }}
      >
        <div className={classes.zoneInner}>
          <IconFileTypeCsv size={28} stroke={1.5} className={classes.zoneIcon} aria-hidden />
          <Text fw={600}>Drop a CSV file here</Text>
          <Text size="sm" c="dimmed" ta="center" maw="30rem">
            Any columns, as long as one holds mobile numbers. Comma, semicolon or tab between the cells; UTF-8, UTF-16
            or Windows letters; up to 2 GB.
          </Text>
          <Group gap="xs" mt="sm" justify="center">
            <Button
              leftSection={<IconUpload size={16} stroke={ICON_STROKE} aria-hidden />}
              onClick={() => openChooser.current?.()}
            >
              Choose a file
            </Button>
            <SampleImportButton />
          </Group>
        </div>
      </Dropzone>
      <Problem state={state} onRetry={start} />
    </div>
  );
}

function Sending(props: { readonly state: Extract<UploadState, { kind: 'sending' }>; readonly onStop: () => void }) {
  const { file, share } = props.state;
  const percent = Math.floor(share * 100);
  return (
    <div className={classes.sending} role="status">
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm" fw={550} truncate>
          {file.name}
        </Text>
        <Button size="xs" variant="default" onClick={props.onStop}>
          Stop
        </Button>
      </Group>
      <Progress value={share * 100} aria-label={`Upload of ${file.name}`} transitionDuration={140} />
      <Text size="xs" c="dimmed" data-tabular>
        {share < 1
          ? `${formatBytes(file.size * share)} of ${formatBytes(file.size)} sent, ${percent}%`
          : `${formatBytes(file.size)} sent, being kept`}
      </Text>
    </div>
  );
}

function Problem({ state, onRetry }: { readonly state: UploadState; readonly onRetry: (file: File) => void }) {
  if (state.kind === 'refused')
    return (
      <div className={classes.notice} role="alert" style={toneStyle('red')}>
        <IconAlertTriangle size={16} stroke={ICON_STROKE} aria-hidden />
        <span>{state.sentence}</span>
      </div>
    );
  if (state.kind !== 'failed') return null;
  return (
    <ErrorState
      compact
      error={state.error}
      what={`“${state.file.name}” was not uploaded`}
      onRetry={() => onRetry(state.file)}
    />
  );
}
