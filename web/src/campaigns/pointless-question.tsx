import { Button, Group, Text } from '@mantine/core';
import { IconClockQuestion } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { Campaign } from '../api/campaigns.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { plural } from '../patterns/format.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './draft-conflict.module.css';
import { useCampaignControl } from './use-campaign-control.ts';

const CancelDialog = lazy(() => import('./cancel-dialog.tsx'));

/** A campaign whose texts have become pointless waits for a person: what it asks, and the two answers. */
export default function PointlessQuestion({ campaign }: { readonly campaign: Campaign }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const control = useCampaignControl(campaign);
  const cancelling = useLazyDialog();
  const waiting = plural(campaign.totals.pending, 'person', 'people');
  const after = campaign.pointless?.after ?? null;
  return (
    <div className={classes.conflict} style={toneStyle('amber')} role="alert">
      <IconClockQuestion size={20} stroke={ICON_STROKE} aria-hidden />
      <Text size="sm" className={classes.words}>
        <b>Are these texts still to go out?</b> They were to be pointless after{' '}
        {after === null ? 'a time' : <TimeText at={after} />}, and {waiting}{' '}
        {campaign.totals.pending === 1 ? 'was' : 'were'} not texted by then.
      </Text>
      {mayAct(me.user.role, 'manager') ? (
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={cancelling.open}>
            Cancel the campaign
          </Button>
          <Button size="xs" loading={control.busy} onClick={control.resume}>
            Text {waiting} all the same
          </Button>
        </Group>
      ) : (
        <Text size="sm">An owner or a manager decides.</Text>
      )}
      <Suspense fallback={null}>
        {cancelling.wanted ? (
          <CancelDialog campaign={campaign} control={control} opened={cancelling.opened} onClose={cancelling.close} />
        ) : null}
      </Suspense>
    </div>
  );
}
