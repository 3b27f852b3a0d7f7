import { SegmentedControl, Table, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconWorldSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useProductClock } from '../api/product-clock.ts';
import { type SourcesAnswer, sourcesQuery, type WebhookSource } from '../api/webhook-events.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatCount, formatInstant } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { PHONE_QUERY } from '../theme.ts';
import { Bars } from './bars.tsx';
import { refusedCount, refusedWords } from './event-words.ts';
import { everyHour } from './figures.ts';
import classes from './operations.module.css';
import { OperationsTabs } from './operations-tabs.tsx';

const route = getRouteApi('/shell/operations/sources');

const SPANS = [
  { value: '24', label: '24 hours' },
  { value: '168', label: '7 days' },
  { value: '720', label: '30 days' },
];
/** Counts are stored every few seconds. */
const EVERY_MS = 10_000;

export function SourcesPage() {
  const navigate = route.useNavigate();
  const hours = route.useSearch().hours || '24';
  const query = useQuery({
    ...sourcesQuery(Number(hours)),
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
  });
  return (
    <Page>
      <PageHeader
        title="Sources"
        summary={query.data === undefined ? undefined : summaryWords(query.data)}
        actions={
          <SegmentedControl
            aria-label="Of the last"
            data={SPANS}
            value={hours}
            onChange={(value) =>
              void navigate({ search: value === '24' ? {} : { hours: value as '168' | '720' }, replace: true })
            }
          />
        }
      />
      <OperationsTabs />
      <Loaded query={query} what="The sources could not be loaded" skeleton={<LoadingSkeleton shape="detail" />}>
        {({ data, hours: byHour }) =>
          data.length === 0 ? (
            <EmptyState icon={IconWorldSearch} title="No webhook came in">
              Where webhooks come from is listed here, with how many were taken in, how many came twice, and why others
              were refused.
            </EmptyState>
          ) : (
            <>
              <HourCharts hours={byHour} span={Number(hours)} />
              <Sources sources={data} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function summaryWords({ hours }: SourcesAnswer): string {
  const sum = (figure: 'accepted' | 'repeated' | 'refused'): string =>
    formatCount(hours.reduce((total, hour) => total + hour[figure], 0));
  return `${sum('accepted')} taken in, ${sum('repeated')} came again, ${sum('refused')} refused`;
}

function HourCharts({ hours, span }: { readonly hours: SourcesAnswer['hours']; readonly span: number }) {
  const clock = useProductClock(60_000);
  const whole = everyHour(hours, { hours: span, nowMs: clock.nowMs });
  const bars = (figure: 'accepted' | 'refused') =>
    whole.map((hour) => ({
      at: hour.at,
      value: hour[figure],
      label: `${formatInstant(hour.at, clock)}: ${formatCount(hour[figure])}`,
    }));
  const total = (figure: 'accepted' | 'refused'): string =>
    formatCount(hours.reduce((sum, hour) => sum + hour[figure], 0));
  return (
    <div className={classes.charts}>
      <Bars title="Taken in" total={total('accepted')} bars={bars('accepted')} tone="teal" />
      <Bars title="Refused" total={total('refused')} bars={bars('refused')} tone="red" />
    </div>
  );
}

function Sources({ sources }: { readonly sources: readonly WebhookSource[] }) {
  const phone = useMediaQuery(PHONE_QUERY, undefined, { getInitialValueInEffect: false });
  return (
    <Section title="By address">{phone ? <SourceRows sources={sources} /> : <SourceTable sources={sources} />}</Section>
  );
}

const SourceRows = ({ sources }: { readonly sources: readonly WebhookSource[] }) => (
  <ul className={classes.rows}>
    {sources.map((source) => (
      <li key={`${source.accountId} ${source.source}`} className={classes.row}>
        <Address source={source.source} />
        <TimeText at={source.lastAt} look="relative" />
        <span className={classes.second}>
          {source.accountName ?? 'No account'} · {formatCount(source.accepted)} taken in
          {source.repeated === 0 ? null : ` · ${formatCount(source.repeated)} again`}
          {refusedCount(source.refused) === 0 ? null : ` · refused: ${refusedWords(source.refused)}`}
        </span>
      </li>
    ))}
  </ul>
);

const Address = ({ source }: { readonly source: string }) =>
  source === 'others' ? 'Other addresses' : <code>{source}</code>;

const SourceTable = ({ sources }: { readonly sources: readonly WebhookSource[] }) => (
  <Table>
    <Table.Thead>
      <Table.Tr>
        <Table.Th scope="col">From</Table.Th>
        <Table.Th scope="col">Account</Table.Th>
        <Table.Th scope="col" ta="end">
          Taken in
        </Table.Th>
        <Table.Th scope="col" ta="end">
          Again
        </Table.Th>
        <Table.Th scope="col">Refused</Table.Th>
        <Table.Th scope="col" ta="end">
          Last
        </Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {sources.map((source) => (
        <SourceRow key={`${source.accountId} ${source.source}`} source={source} />
      ))}
    </Table.Tbody>
  </Table>
);

function SourceRow({ source }: { readonly source: WebhookSource }) {
  const refused = refusedCount(source.refused);
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={550}>
        <Address source={source.source} />
      </Table.Th>
      <Table.Td>
        {source.accountName ?? (
          <Text span c="dimmed" inherit>
            none
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="end" data-align="end">
        {formatCount(source.accepted)}
      </Table.Td>
      <Table.Td ta="end" data-align="end">
        {formatCount(source.repeated)}
      </Table.Td>
      <Table.Td>{refused === 0 ? '' : refusedWords(source.refused)}</Table.Td>
      <Table.Td ta="end">
        <TimeText at={source.lastAt} look="relative" />
      </Table.Td>
    </Table.Tr>
  );
}
