import { Button, SegmentedControl, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { rowsOf } from '../api/pages.ts';
import { useAction } from '../api/use-action.ts';
import { forwardAgain, type ProxyDelivery, type ProxyTarget, proxyKeys, proxyLogPages } from '../api/webhook-proxy.ts';
import { plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { MoreButton } from '../patterns/more-button.tsx';
import { Section } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import rows from './rows.module.css';

interface ProxyLogProps {
  readonly target: ProxyTarget;
  readonly state: ProxyDelivery['state'] | '';
  readonly onState: (state: ProxyDelivery['state'] | '') => void;
}

const STATES: { readonly value: ProxyDelivery['state'] | ''; readonly label: string }[] = [
  { value: '', label: 'All' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'delivered', label: 'Delivered' },
  { value: 'failed', label: 'Failed' },
];

/** What became of the events of one target, the newest first. */
export function ProxyLog({ target, state, onState }: ProxyLogProps) {
  const query = useInfiniteQuery(proxyLogPages(target.id, state));
  return (
    <Section title="Log" note={`Of ${target.url}. What is over is kept for two weeks.`}>
      <SegmentedControl
        aria-label="State of the events"
        w="fit-content"
        data={STATES}
        value={state}
        onChange={(value) => onState(STATES.find((option) => option.value === value)?.value ?? '')}
      />
      <Loaded query={query} what="The log could not be loaded">
        {(data) => {
          const deliveries = rowsOf(data);
          if (deliveries.length === 0)
            return (
              <Text size="sm" c="dimmed">
                {state === '' ? 'No event has come since the target was added.' : 'No event is in this state.'}
              </Text>
            );
          return (
            <ul className={rows.list} aria-label="Log">
              {deliveries.map((delivery) => (
                <DeliveryRow key={delivery.eventId} target={target} delivery={delivery} />
              ))}
            </ul>
          );
        }}
      </Loaded>
      <MoreButton list={query}>Show earlier events</MoreButton>
    </Section>
  );
}

function DeliveryRow({ target, delivery }: { readonly target: ProxyTarget; readonly delivery: ProxyDelivery }) {
  const { eventId, eventType, receivedAt, state } = delivery;
  const again = useAction({
    run: (_input: null, key) => forwardAgain(target.id, eventId, key),
    touches: [proxyKeys.targets, proxyKeys.log],
    onDone: () => toastDone(`${eventType} is sent again`),
    onProblem: (error) => toastProblem('Not sent again', error),
  });
  return (
    <li className={rows.row}>
      <div className={rows.main}>
        <Text truncate>{eventType}</Text>
        <Text size="xs" c="dimmed">
          Came <TimeText at={receivedAt} look="when" />
        </Text>
      </div>
      <div className={rows.main}>
        <StateBadge state={state === 'waiting' ? 'pending' : state} look="plain">
          {state === 'waiting' ? 'Waiting' : undefined}
        </StateBadge>
        <Text size="xs" c="dimmed" component="div" data-tabular>
          <Outcome delivery={delivery} />
        </Text>
      </div>
      <Button
        variant="default"
        size="xs"
        disabled={target.state !== 'active'}
        loading={again.isPending}
        aria-label={`Send again: ${eventType}`}
        onClick={() => again.mutate(null)}
      >
        Send again
      </Button>
    </li>
  );
}

function Outcome({ delivery }: { readonly delivery: ProxyDelivery }) {
  const { state, attempts, lastStatus, error, ms, nextAt } = delivery;
  const tries = plural(attempts, 'attempt', 'attempts');
  if (state === 'delivered')
    return `Answered ${lastStatus ?? ''} after ${ms ?? 0} ms${attempts === 1 ? '' : `, ${tries}`}`;
  if (attempts === 0 && error === null) return 'Not tried yet';
  return (
    <>
      {tries}
      {error === null ? '' : `: ${error}`}
      {nextAt === null ? null : (
        <div>
          Next attempt <TimeText at={nextAt} look="when" />
        </div>
      )}
    </>
  );
}
