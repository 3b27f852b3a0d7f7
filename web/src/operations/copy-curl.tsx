import { Button, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconTerminal2 } from '@tabler/icons-react';
import type { WebhookEventDetail } from '../api/webhook-events.ts';
import { ICON_STROKE } from '../theme.ts';
import { curlCommand } from './curl.ts';

const icon = { size: 16, stroke: ICON_STROKE, 'aria-hidden': true } as const;

/** Not for viewers: what they are told is masked, and would not be what came in. */
export const CopyCurl = ({ event }: { readonly event: WebhookEventDetail }) => (
  <CopyButton value={curlCommand(event)}>
    {({ copied, copy }) => (
      <Tooltip
        label={
          copied
            ? 'Copied'
            : 'A command that posts it to a program on your machine, with the headers and the signature that it came with. A program that looks at their age refuses it.'
        }
      >
        <Button
          size="xs"
          variant="default"
          leftSection={copied ? <IconCheck {...icon} /> : <IconTerminal2 {...icon} />}
          onClick={copy}
        >
          Copy as curl
        </Button>
      </Tooltip>
    )}
  </CopyButton>
);
