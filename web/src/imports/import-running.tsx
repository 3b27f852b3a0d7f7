import { Progress, Text } from '@mantine/core';
import type { Import } from '../api/imports.ts';
import { formatBytes, plural } from '../patterns/format.ts';
import classes from './imports.module.css';

/** How far the file has been read. It is all or nothing, so leaving the page is safe. */
export function ImportRunning({ run: { progress, fileBytes, fileName } }: { readonly run: Import }) {
  const share = fileBytes === 0 ? 0 : Math.min(1, progress.bytes / fileBytes);
  const reading = share < 1;
  return (
    <div className={classes.sending} role="status">
      <Text fw={550}>
        {reading
          ? `${plural(progress.rows, 'row', 'rows')} read`
          : `All ${plural(progress.rows, 'row', 'rows')} read; the contacts are being stored`}
      </Text>
      <Progress value={share * 100} animated={!reading} aria-label={`Import of ${fileName}`} transitionDuration={140} />
      <Text size="sm" c="dimmed" data-tabular>
        {formatBytes(progress.bytes)} of {formatBytes(fileBytes)}. You can leave this page; the import goes on, and
        keeps either everything or nothing.
      </Text>
    </div>
  );
}
