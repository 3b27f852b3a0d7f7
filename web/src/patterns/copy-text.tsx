import { CopyButton, Tooltip, UnstyledButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { ICON_STROKE } from '../theme.ts';
import classes from './copy-text.module.css';

interface CopyTextProps {
  readonly value: string;
  /** What is copied, for the tooltip and screen readers: "Copy the webhook address". */
  readonly label: string;
  /** Shows only the icon. */
  readonly quiet?: boolean;
}

/** Something to be copied as it is: in a fixed-width font, one click away from the clipboard. */
export function CopyText({ value, label, quiet = false }: CopyTextProps) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : label}>
          <UnstyledButton className={classes.copy} onClick={copy} aria-label={`${label}: ${value}`}>
            {quiet ? null : <code>{value}</code>}
            {copied ? (
              <IconCheck size={14} stroke={ICON_STROKE} aria-hidden />
            ) : (
              <IconCopy size={14} stroke={ICON_STROKE} aria-hidden />
            )}
            <output className={classes.spoken}>{copied ? 'Copied' : ''}</output>
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
