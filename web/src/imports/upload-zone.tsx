import '@mantine/dropzone/styles.layer.css';
import { Button, Group, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconFileTypeCsv, IconUpload } from '@tabler/icons-react';
import { useRef } from 'react';
import { UploadProblem, UploadProgress } from '../patterns/upload-progress.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './imports.module.css';
import { SampleImportButton } from './sample-import-button.tsx';
import { useImportUpload } from './use-import-upload.ts';

/** Takes a file by dropping or choosing it, and sends it. */
export function UploadZone() {
  const { state, start, stop } = useImportUpload();
  const openChooser = useRef<() => void>(null);
  if (state.kind === 'sending') return <UploadProgress state={state} onStop={stop} after="being kept" />;
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
      <UploadProblem state={state} onRetry={start} />
    </div>
  );
}
