import { Group, ScrollArea, SegmentedControl } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { mayAct, meQuery } from '../api/session.ts';
import type { WebhookEventDetail } from '../api/webhook-events.ts';
import { CopyText } from '../patterns/copy-text.tsx';
import { Section } from '../patterns/page.tsx';
import classes from './operations.module.css';
import { prettyPayload } from './payload.ts';

const LOOKS = ['Pretty', 'Raw', 'Headers'] as const;

/** What came in. Numbers are masked by the server for those who may not see them. */
export function PayloadViewer({ event }: { readonly event: WebhookEventDetail }) {
  const { role } = useSuspenseQuery(meQuery).data.user;
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
      note={mayAct(role, 'agent') ? undefined : 'Numbers are masked: a viewer does not see whole ones.'}
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
        <pre>{shown === '' ? 'None were kept.' : shown}</pre>
      </ScrollArea.Autosize>
    </Section>
  );
}
