import { Button, Group, Skeleton } from '@mantine/core';
import { IconBan, IconMessage, IconReload, IconSend, IconTrash, IconUser } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useLive } from '../api/live.ts';
import { isProblem } from '../api/problem.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { eventKeys, startReplay, type WebhookEventDetail, webhookEventQuery } from '../api/webhook-events.ts';
import { Notice } from '../patterns/details.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { SidePanel } from '../patterns/side-panel.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import { CopyCurl } from './copy-curl.tsx';
import { EventFacts } from './event-facts.tsx';
import { EventHistory } from './event-history.tsx';
import { EventState } from './event-state.tsx';
import { typeWords } from './event-words.ts';
import classes from './operations.module.css';
import { PayloadViewer } from './payload-viewer.tsx';

const route = getRouteApi('/shell/operations/events/$eventId');
const DiscardDialog = lazy(() => import('./discard-dialog.tsx'));
const icon = { size: 16, stroke: ICON_STROKE, 'aria-hidden': true } as const;

/** One event beside the list; keyed by its address, so that nothing of the one before stays. */
export function EventPanel() {
  const { eventId } = route.useParams();
  return <OneEvent key={eventId} id={eventId} />;
}

/** Being applied says nothing by itself. */
const WAITING_EVERY_MS = 1_500;

function OneEvent({ id }: { readonly id: string }) {
  const navigate = route.useNavigate();
  const query = useQuery({
    ...webhookEventQuery(id),
    refetchInterval: ({ state }) =>
      state.data?.state === 'received' || state.data?.state === 'retrying' ? WAITING_EVERY_MS : false,
  });
  useLive('events', [eventKeys.one(id)]);
  return (
    <SidePanel
      title={query.data === undefined ? 'Event' : typeWords(query.data.type)}
      beside={query.data === undefined ? undefined : <EventState state={query.data.state} />}
      onClose={() => void navigate({ to: '/operations/events', search: true })}
    >
      {isProblem(query.error, 404) ? (
        <EmptyState icon={IconBan} title="No such event">
          This address leads to no stored event. Look for it in the list.
        </EmptyState>
      ) : (
        <Loaded query={query} what="The event could not be loaded" skeleton={<EventSkeleton />}>
          {(event) => <EventDetail event={event} />}
        </Loaded>
      )}
    </SidePanel>
  );
}

/** Buttons, facts, the payload. */
const EventSkeleton = () => (
  <LoadingSkeleton>
    <div className={classes.detail}>
      <Skeleton height={30} width="70%" />
      <LoadingSkeleton shape="lines" count={8} />
      <Skeleton height={240} radius="md" />
    </div>
  </LoadingSkeleton>
);

function EventDetail({ event }: { readonly event: WebhookEventDetail }) {
  return (
    <div className={classes.detail}>
      {event.error === null ? null : (
        <Notice tone={event.state === 'failed' ? 'red' : 'amber'}>
          {event.error}
          {event.errorStack === null ? null : (
            <details>
              <summary>Where in the program</summary>
              <pre>{event.errorStack}</pre>
            </details>
          )}
        </Notice>
      )}
      <EventActions event={event} />
      <EventFacts event={event} />
      <PayloadViewer event={event} />
      <EventHistory event={event} />
    </div>
  );
}

function EventActions({ event }: { readonly event: WebhookEventDetail }) {
  const { id, state, effect } = event;
  const { role } = useSuspenseQuery(meQuery).data.user;
  const replay = useAction({
    run: (eventId: string, key) => startReplay({ eventIds: [eventId] }, key),
    touches: [eventKeys.all, eventKeys.replays],
    onDone: () => toastDone('The event is applied once more'),
    onProblem: (error) => toastProblem('The event was not replayed', error),
  });
  const { conversationId, contactId, campaignId, campaignName } = effect;
  const settled = state === 'applied' || state === 'failed' || state === 'discarded';
  const dialog = useLazyDialog();
  return (
    <Group gap="xs" className={classes.actions ?? ''}>
      {mayAct(role, 'manager') && settled ? (
        <Button
          size="xs"
          variant={state === 'failed' ? 'filled' : 'default'}
          leftSection={<IconReload {...icon} />}
          loading={replay.isPending}
          onClick={() => replay.mutate(id)}
        >
          Replay
        </Button>
      ) : null}
      {mayAct(role, 'manager') && state === 'failed' ? (
        <Button size="xs" variant="default" leftSection={<IconTrash {...icon} />} onClick={dialog.open}>
          Discard
        </Button>
      ) : null}
      {conversationId === null ? null : (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconMessage {...icon} />}
          renderRoot={(props) => (
            <Link {...props} to="/inbox/$conversationId" params={{ conversationId }} search={{ view: 'all' }} />
          )}
        >
          Conversation
        </Button>
      )}
      {contactId === null ? null : (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconUser {...icon} />}
          renderRoot={(props) => <Link {...props} to="/contacts/$contactId" params={{ contactId }} />}
        >
          Contact
        </Button>
      )}
      {campaignId === null ? null : (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconSend {...icon} />}
          renderRoot={(props) => <Link {...props} to="/campaigns/$campaignId" params={{ campaignId }} />}
        >
          {campaignName ?? 'Campaign'}
        </Button>
      )}
      {mayAct(role, 'agent') ? <CopyCurl event={event} /> : null}
      <Suspense fallback={null}>
        {dialog.wanted ? (
          <DiscardDialog selection={{ eventIds: [id] }} opened={dialog.opened} onClose={dialog.close} />
        ) : null}
      </Suspense>
    </Group>
  );
}
