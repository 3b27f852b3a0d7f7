import { SegmentedControl, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconWorldSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useProductClock } from '../api/product-clock.ts';
import { type SourcesAnswer, sourcesQuery, type WebhookSource } from '../api/webhook-events.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatCount, formatInstant } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { Term } from '../patterns/term.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { PHONE_QUERY } from '../theme.ts';
import { Bars, BarsSkeleton } from './bars.tsx';
import { ChartSection } from './chart-section.tsx';
import { refusedCount, refusedWords } from './event-words.ts';
import { Count, FigureTable } from './figure-table.tsx';
import { everyHour, hoursCsv } from './figures.ts';
import classes from './operations.module.css';
import { OperationsTabs } from './operations-tabs.tsx';

const route = getRouteApi('/shell/operations/sources');

const SPANS = [
  { value: '', label: '24 hours' },
  { value: '168', label: '7 days' },
  { value: '720', label: '30 days' },
] as const;
const DAY_HOURS = '24';
/** Counts are stored every few seconds. */
const EVERY_MS = 10_000;
const AGAIN = 'Events that were here already: answered and counted, and nothing is done twice';

export function SourcesPage() {
  const navigate = route.useNavigate();
  const { hours: span = '' } = route.useSearch();
  const hours = Number(span || DAY_HOURS);
  const query = useQuery({ ...sourcesQuery(hours), refetchInterval: EVERY_MS, placeholderData: keepPreviousData });
  const setSpan = (value: string): void => {
    const chosen = SPANS.find((one) => one.value === value)?.value ?? '';
    void navigate({ search: (before) => ({ ...before, hours: chosen }), replace: true });
  };
  return (
    <Page width="start">
      <OperationsTabs />
      <PageHeader
        title="Sources"
        summary={query.data === undefined ? '\u00a0' : summaryWords(query.data)}
        actions={<SegmentedControl aria-label="Of the last" data={[...SPANS]} value={span} onChange={setSpan} />}
      />
      <Loaded query={query} what="The sources could not be loaded" skeleton={<BarsSkeleton charts={2} />}>
        {({ data, hours: byHour }) =>
          data.length === 0 ? (
            <EmptyState icon={IconWorldSearch} title="No webhook came in">
              Where webhooks come from is listed here, with how many were taken in, how many came twice, and why others
              were refused.
            </EmptyState>
          ) : (
            <>
              <OverTime hours={byHour} span={hours} />
              <Sources sources={data} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function summaryWords({ data, hours }: SourcesAnswer): string {
  if (data.length === 0) return 'Where webhooks come from, and how they were answered.';
  const sum = (figure: 'accepted' | 'repeated' | 'refused'): string =>
    formatCount(hours.reduce((total, hour) => total + hour[figure], 0));
  return `${sum('accepted')} taken in, ${sum('repeated')} came again, ${sum('refused')} refused`;
}

function OverTime({ hours, span }: { readonly hours: SourcesAnswer['hours']; readonly span: number }) {
  const navigate = route.useNavigate();
  const clock = useProductClock(60_000);
  const whole = everyHour(hours, { hours: span, nowMs: clock.nowMs });
  const chart = (figure: 'accepted' | 'refused', title: string, tone: 'teal' | 'red') => (
    <Bars
      name={title}
      title={title}
      total={formatCount(hours.reduce((sum, hour) => sum + hour[figure], 0))}
      bars={whole.map((hour) => ({
        at: hour.at,
        value: hour[figure],
        when: formatInstant(hour.at, clock),
        said: formatCount(hour[figure]),
      }))}
      tone={tone}
    />
  );
  return (
    <ChartSection
      title={whole.length === span ? 'By the hour' : 'By the day'}
      look={route.useSearch().look}
      onLook={(look) => void navigate({ search: (before) => ({ ...before, look }), replace: true })}
      file={{ name: 'webhooks.csv', csv: () => hoursCsv(whole) }}
      charts={
        <div className={classes.charts}>
          {chart('accepted', 'Taken in', 'teal')}
          {chart('refused', 'Refused', 'red')}
        </div>
      }
      table={
        <FigureTable
          label="Webhooks over time"
          columns={[
            { id: 'from', head: 'From' },
            { id: 'accepted', head: 'Taken in', align: 'end' },
            { id: 'repeated', head: <Term meaning={AGAIN}>Came again</Term>, align: 'end' },
            { id: 'refused', head: 'Refused', align: 'end' },
          ]}
          rows={whole.toReversed().map(({ at, accepted, repeated, refused }) => ({
            id: at,
            cells: [
              <TimeText key="at" at={at} />,
              <Count key="accepted" of={accepted} />,
              <Count key="repeated" of={repeated} />,
              formatCount(refused),
            ],
          }))}
        />
      }
    />
  );
}

function Sources({ sources }: { readonly sources: readonly WebhookSource[] }) {
  const phone = useMediaQuery(PHONE_QUERY, undefined, { getInitialValueInEffect: false });
  return (
    <Section title="By address">{phone ? <SourceRows sources={sources} /> : <SourceTable sources={sources} />}</Section>
  );
}

const keyOf = ({ accountId, source }: WebhookSource): string => `${accountId} ${source}`;

const SourceRows = ({ sources }: { readonly sources: readonly WebhookSource[] }) => (
  <ul className={classes.rows}>
    {sources.map((source) => (
      <li key={keyOf(source)} className={classes.row}>
        <Address source={source.source} />
        <TimeText at={source.lastAt} look="relative" />
        <span className={classes.second}>
          {source.accountName ?? 'No account'} · {formatCount(source.accepted)} taken in
          {source.repeated === 0 ? null : ` · ${formatCount(source.repeated)} came again`}
          {refusedCount(source.refused) === 0 ? null : ` · refused: ${refusedWords(source.refused)}`}
        </span>
      </li>
    ))}
  </ul>
);

const Address = ({ source }: { readonly source: string }) =>
  source === 'others' ? 'Other addresses' : <code>{source}</code>;

const SourceTable = ({ sources }: { readonly sources: readonly WebhookSource[] }) => (
  <FigureTable
    label="By address"
    columns={[
      { id: 'from', head: 'From' },
      { id: 'account', head: 'Account' },
      { id: 'accepted', head: 'Taken in', align: 'end' },
      { id: 'repeated', head: <Term meaning={AGAIN}>Came again</Term>, align: 'end' },
      { id: 'refused', head: 'Refused' },
      { id: 'last', head: 'Last', align: 'end' },
    ]}
    rows={sources.map((source) => ({
      id: keyOf(source),
      cells: [
        <Address key="address" source={source.source} />,
        source.accountName ?? (
          <Text key="none" span c="dimmed" inherit>
            none
          </Text>
        ),
        <Count key="accepted" of={source.accepted} />,
        <Count key="repeated" of={source.repeated} />,
        refusedCount(source.refused) === 0 ? 'none' : refusedWords(source.refused),
        <TimeText key="last" at={source.lastAt} look="relative" />,
      ],
    }))}
  />
);
