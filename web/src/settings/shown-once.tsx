import { Button, Code, CopyButton, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { ICON_STROKE } from '../theme.ts';
import classes from './settings.module.css';

/** A secret that was made a moment ago, to be copied now or never. */
export function ShownOnce({ secret, copyLabel }: { readonly secret: string; readonly copyLabel: string }) {
  return (
    <>
      <Text size="sm">Copy it now: it is not shown again, and nobody can look it up.</Text>
      <Code block className={classes.secret}>
        {secret}
      </Code>
      <CopyButton value={secret}>
        {({ copied, copy }) => (
          <Button
            variant="default"
            onClick={copy}
            data-autofocus
            leftSection={
              copied ? (
                <IconCheck size={16} stroke={ICON_STROKE} aria-hidden />
              ) : (
                <IconCopy size={16} stroke={ICON_STROKE} aria-hidden />
              )
            }
          >
            {copied ? 'Copied' : copyLabel}
          </Button>
        )}
      </CopyButton>
    </>
  );
}
