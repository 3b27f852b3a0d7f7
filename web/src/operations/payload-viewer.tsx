import { Group, ScrollArea, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { WebhookEventDetail } from '../api/webhook-events.ts';
import { CopyText } from '../patterns/copy-text.tsx';
import { Section } from '../patterns/page.tsx';
import classes from './operations.module.css';
import { prettyPayload } from './payload.ts';

const LOOKS = ['Pretty', 'Raw', 'Headers'] as const;

/** What came in. Numbers are masked by the server for those who may not see them. */
export function PayloadViewer({ event }: { readonly event: WebhookEventDetail }) {
  const [look, setLook] = useState<(typeof LOOKS)[number]>('Pretty');
  const shown = {
    Pretty: () => prettyPayload(event.payload),
    Raw: () => event.payload,
    Headers: () =>
      Object.entries(event.headers)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\n'),
  }[look]();
  return (
    <Section
      title="Payload"
      actions={
        <Group gap="xs" wrap="nowrap">
          <CopyText value={shown} label={look === 'Headers' ? 'Copy the headers' : 'Copy the payload'} quiet />
          <SegmentedControl size="xs" aria-label="Shown as" data={[...LOOKS]} value={look} onChange={setLook} />
        </Group>
      }
    >
      <ScrollArea.Autosize
        mah="26rem"
        viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': look }}
        className={classes.code ?? ''}
      >
        <pre data-wrap={look === 'Pretty' ? undefined : true}>{shown === '' ? 'None were kept.' : shown}</pre>
      </ScrollArea.Autosize>
    </Section>
  );
}
