import { IconChartBar } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useLive } from '../api/live.ts';
import { useProductClock } from '../api/product-clock.ts';
import { eventKeys, type WebhookStats, webhookStatsQuery } from '../api/webhook-events.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatCount, formatTime } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { Term } from '../patterns/term.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { Bars, BarsSkeleton } from './bars.tsx';
import { ChartSection } from './chart-section.tsx';
import { lagWords, typeWords } from './event-words.ts';
import { Count, FigureTable } from './figure-table.tsx';
import { everyMinute, figuresCsv, hourWords, type Minute, sumOf, worstLag } from './figures.ts';
import classes from './operations.module.css';
import { OperationsTabs } from './operations-tabs.tsx';
import { QueueFigures } from './queue-figures.tsx';

const route = getRouteApi('/shell/operations/throughput');

/** The span moves on also while nothing comes in. */
const MINUTE_MS = 60_000;
const P95 = '95 of 100 events were applied within this time after they came in, 5 took longer';
const P50 = 'One half of the events was applied within this time after they came in, the other half took longer';

export function ThroughputPage() {
  const query = useQuery({ ...webhookStatsQuery, refetchInterval: MINUTE_MS });
  useLive('events', [eventKeys.stats, eventKeys.queue]);
  return (
    <Page width="start">
      <OperationsTabs />
      <PageHeader title="Throughput" summary={query.data === undefined ? '\u00a0' : hourWords(query.data)} />
      <QueueFigures />
      <Loaded query={query} what="The figures could not be loaded" skeleton={<BarsSkeleton charts={3} />}>
        {(stats) =>
          stats.minutes.length === 0 ? (
            <EmptyState icon={IconChartBar} title="Nothing came in during the last hour">
              As soon as events come in, this shows how many each minute, and how long they took to be applied.
            </EmptyState>
          ) : (
            <>
              <ByMinute stats={stats} />
              <ByType stats={stats} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function ByMinute({ stats }: { readonly stats: WebhookStats }) {
  const navigate = route.useNavigate();
  const minutes = everyMinute(stats);
  return (
    <ChartSection
      title="By the minute"
      note={
        <>
          Since <TimeText at={stats.from} look="when" />, by when the events came in
        </>
      }
      look={route.useSearch().look}
      onLook={(look) => void navigate({ search: { look }, replace: true })}
      file={{ name: 'events-by-minute.csv', csv: () => figuresCsv(minutes) }}
      charts={<Charts minutes={minutes} />}
      table={<MinuteTable minutes={minutes} />}
    />
  );
}

function Charts({ minutes }: { readonly minutes: readonly Minute[] }) {
  const { zone } = useProductClock(MINUTE_MS);
  const lag = worstLag(minutes);
  const bars = (value: (minute: Minute) => number, said: (minute: Minute) => string) =>
    minutes.map((minute) => ({
      at: minute.at,
      when: formatTime(minute.at, zone),
      value: value(minute),
      said: said(minute),
    }));
  const counts = (figure: 'received' | 'failed') =>
    bars(
      (minute) => minute[figure],
      (minute) => formatCount(minute[figure]),
    );
  return (
    <div className={classes.charts}>
      <Bars
        name="Received"
        title="Received"
        total={formatCount(sumOf(minutes, 'received'))}
        bars={counts('received')}
        tone="teal"
      />
      <Bars
        name="Time until applied, 95% within"
        title={
          <>
            Time until applied, <Term meaning={P95}>95% within</Term>
          </>
        }
        total={lag === undefined ? '' : `at most ${lagWords(lag)}`}
        bars={bars(({ lagP95Ms }) => lagP95Ms ?? 0, lagSaid)}
        tone="violet"
      />
      <Bars
        name="Failed"
        title="Failed"
        total={formatCount(sumOf(minutes, 'failed'))}
        bars={counts('failed')}
        tone="red"
      />
    </div>
  );
}

const lagSaid = ({ lagP50Ms, lagP95Ms }: Minute): string =>
  lagP95Ms === null ? 'none applied' : `${lagWords(lagP95Ms)}, half within ${lagWords(lagP50Ms ?? 0)}`;

const MinuteTable = ({ minutes }: { readonly minutes: readonly Minute[] }) => (
  <FigureTable
    label="By the minute"
    columns={[
      { id: 'minute', head: 'Minute' },
      { id: 'received', head: 'Received', align: 'end' },
      { id: 'applied', head: 'Applied', align: 'end' },
      { id: 'failed', head: 'Failed', align: 'end' },
      { id: 'p50', head: <Term meaning={P50}>Half within</Term>, align: 'end' },
      { id: 'p95', head: <Term meaning={P95}>95% within</Term>, align: 'end' },
    ]}
    rows={minutes.toReversed().map(({ at, received, applied, failed, lagP50Ms, lagP95Ms }) => ({
      id: at,
      cells: [
        <TimeText key="at" at={at} look="time" />,
        <Count key="received" of={received} />,
        <Count key="applied" of={applied} />,
        <Count key="failed" of={failed} />,
        lagP50Ms === null ? '' : lagWords(lagP50Ms),
        lagP95Ms === null ? '' : lagWords(lagP95Ms),
      ],
    }))}
  />
);

const ByType = ({ stats }: { readonly stats: WebhookStats }) => (
  <Section title="By type">
    <FigureTable
      label="By type"
      columns={[
        { id: 'what', head: 'What' },
        { id: 'received', head: 'Received', align: 'end' },
        { id: 'failed', head: 'Failed', align: 'end' },
      ]}
      rows={stats.types.map(({ type, received, failed }) => ({
        id: type,
        cells: [
          <span key="type" title={type}>
            {typeWords(type)}
          </span>,
          <Count key="received" of={received} />,
          <Count key="failed" of={failed} />,
        ],
      }))}
    />
  </Section>
);
