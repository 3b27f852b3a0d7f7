import { Button } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { Campaign } from '../api/campaigns.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { plural } from '../patterns/format.ts';
import classes from './campaign-controls.module.css';
import { MoreButton } from './more-button.tsx';
import { useCampaignControl } from './use-campaign-control.ts';

const CampaignMenu = lazy(() => import('./campaign-menu.tsx'));

/** Stop first: pausing is one large button that acts at once; what ends the campaign asks. */
export function CampaignControls({ campaign }: { readonly campaign: Campaign }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const control = useCampaignControl(campaign);
  const [menuWanted, setMenuWanted] = useState(false);
  if (!mayAct(me.user.role, 'manager')) return null;
  const open = campaign.state === 'running' || campaign.state === 'paused';
  const waiting = campaign.totals.pending;
  return (
    <div className={classes.controls}>
      {campaign.state === 'running' ? (
        <Button
          size="lg"
          color="amber"
          className={classes.main ?? ''}
          leftSection={<IconPlayerPauseFilled size={20} />}
          loading={control.busy}
          onClick={control.pause}
        >
          Pause
        </Button>
      ) : null}
      {campaign.state === 'paused' && !campaign.pointless?.asks ? (
        <Button
          size="lg"
          className={classes.main ?? ''}
          leftSection={<IconPlayerPlayFilled size={20} />}
          loading={control.busy}
          onClick={control.resume}
        >
          {waiting === 0 ? 'Resume' : `Resume for ${plural(waiting, 'person', 'people')}`}
        </Button>
      ) : null}
      {menuWanted ? (
        <Suspense fallback={<MoreButton what="campaign" large={open} />}>
          <CampaignMenu campaign={campaign} control={control} open={open} />
        </Suspense>
      ) : (
        <MoreButton
          what="campaign"
          large={open}
          aria-haspopup="menu"
          aria-expanded={false}
          onClick={() => setMenuWanted(true)}
        />
      )}
    </div>
  );
}
