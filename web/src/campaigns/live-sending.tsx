import { Button } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import type { Campaign } from '../api/campaigns.ts';
import { useProductClock } from '../api/product-clock.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { Section } from '../patterns/page.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import classes from './live-sending.module.css';
import { hoursWords, paceWords, pointlessWords, priorityWords, sendingOf } from './sending-form.ts';

const EditSendingDialog = lazy(() => import('./edit-sending-dialog.tsx'));

const route = getRouteApi('/shell/campaigns/$campaignId');

/** When and how fast the campaign sends, and the way to change it until it is over. */
export function LiveSending({ campaign }: { readonly campaign: Campaign }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const clock = useProductClock(60_000);
  const dialog = useLazyDialog();
  const open = campaign.state === 'running' || campaign.state === 'paused';
  const mayEdit = open && mayAct(me.user.role, 'manager');
  useOpenedByAddress(mayEdit, dialog.open);
  const { window, pace, priority, pointless } = sendingOf(campaign);
  const facts = [
    ['Hours', hoursWords(window)],
    ['Pace', paceWords(pace, clock)],
    ['Priority', priorityWords(priority)],
    ...(pointless === null ? [] : [['Pointless', pointlessWords(pointless, clock)]]),
  ];
  return (
    <Section
      title="Schedule and pace"
      actions={
        mayEdit ? (
          <Button size="xs" variant="default" onClick={dialog.open}>
            Edit sending
          </Button>
        ) : undefined
      }
    >
      <dl className={classes.facts}>
        {facts.map(([name, words]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-tabular>{words}</dd>
          </div>
        ))}
      </dl>
      <Suspense fallback={null}>
        {dialog.wanted ? <EditSendingDialog campaign={campaign} opened={dialog.opened} onClose={dialog.close} /> : null}
      </Suspense>
    </Section>
  );
}

/** A link to the dialog is used up by opening it: going back does not open it again. */
function useOpenedByAddress(mayEdit: boolean, open: () => void): void {
  const wanted = route.useSearch().edit === 'sending';
  const navigate = route.useNavigate();
  useEffect(() => {
    if (!wanted) return;
    if (mayEdit) open();
    void navigate({ to: '.', search: {}, replace: true });
  }, [wanted, mayEdit, open, navigate]);
}
