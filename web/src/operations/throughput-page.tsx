import { ActionIcon, Group, ScrollArea, SegmentedControl, Table, Text, Tooltip } from '@mantine/core';
import { IconChartBar, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLive } from '../api/live.ts';
import { useProductClock } from '../api/product-clock.ts';
import { eventKeys, type WebhookStats, webhookStatsQuery } from '../api/webhook-events.ts';
import { downloadCsv } from '../patterns/download-csv.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatCount, formatTime } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { ICON_STROKE } from '../theme.ts';
import { Bars } from './bars.tsx';
import { lagWords, typeWords } from './event-words.ts';
import { everyMinute, figuresCsv, hourWords, type Minute, sumOf, worstLag } from './figures.ts';
import classes from './operations.module.css';
import { OperationsTabs } from './operations-tabs.tsx';

const LOOKS = ['Chart', 'Table'] as const;
/** The span moves on also while nothing comes in. */
const MINUTE_MS = 60_000;

export function ThroughputPage() {
  const query = useQuery({ ...webhookStatsQuery, refetchInterval: MINUTE_MS });
  useLive('events', [eventKeys.stats]);
  return (
    <Page>
      <PageHeader title="Throughput" summary={query.data === undefined ? undefined : hourWords(query.data)} />
      <OperationsTabs />
      <Loaded query={query} what="The figures could not be loaded" skeleton={<LoadingSkeleton shape="detail" />}>
        {(stats) =>
          stats.minutes.length === 0 ? (
            <EmptyState icon={IconChartBar} title="Nothing came in during the last hour">
              As soon as events come in, this shows how many each minute, and how long they took to be applied.
            </EmptyState>
          ) : (
            <Figures stats={stats} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Figures({ stats }: { readonly stats: WebhookStats }) {
  const [look, setLook] = useState<(typeof LOOKS)[number]>('Chart');
  const minutes = everyMinute(stats);
  return (
    <>
      <Section
        title="By the minute"
        note={
          <>
            Since <TimeText at={stats.from} look="when" />, by when the events came in
          </>
        }
        actions={
          <Group gap="xs" wrap="nowrap">
            <SegmentedControl aria-label="Shown as" data={[...LOOKS]} value={look} onChange={setLook} />
            <Tooltip label="Download as CSV">
              <ActionIcon
                aria-label="Download as CSV"
                onClick={() => downloadCsv('events-by-minute.csv', figuresCsv(minutes))}
              >
                <IconDownload size={20} stroke={ICON_STROKE} />
              </ActionIcon>
            </Tooltip>
          </Group>
        }
      >
        {look === 'Chart' ? <Charts minutes={minutes} /> : <MinuteTable minutes={minutes} />}
      </Section>
      <Section title="By type">
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">What</Table.Th>
              <Table.Th scope="col" ta="end">
                Received
              </Table.Th>
              <Table.Th scope="col" ta="end">
                Failed
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {stats.types.map(({ type, received, failed }) => (
              <Table.Tr key={type}>
                <Table.Td title={type}>{typeWords(type)}</Table.Td>
                <CountCell value={received} />
                <CountCell value={failed} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Section>
    </>
  );
}

function Charts({ minutes }: { readonly minutes: readonly Minute[] }) {
  const { zone } = useProductClock(MINUTE_MS);
  const time = (at: string): string => formatTime(at, zone);
  const lag = worstLag(minutes);
  return (
    <div className={classes.charts}>
      <Bars
        title="Received"
        total={formatCount(sumOf(minutes, 'received'))}
        bars={minutes.map(({ at, received }) => ({
          at,
          value: received,
          label: `${time(at)}: ${formatCount(received)}`,
        }))}
        tone="teal"
      />
      <Bars
        title="Until applied, 95th percentile"
        total={lag === undefined ? '' : `at most ${lagWords(lag)}`}
        bars={minutes.map(({ at, lagP50Ms, lagP95Ms }) => ({
          at,
          value: lagP95Ms ?? 0,
          label:
            lagP95Ms === null
              ? `${time(at)}: none applied`
              : `${time(at)}: ${lagWords(lagP95Ms)}, half within ${lagWords(lagP50Ms ?? 0)}`,
        }))}
        tone="violet"
      />
      <Bars
        title="Failed"
        total={formatCount(sumOf(minutes, 'failed'))}
        bars={minutes.map(({ at, failed }) => ({ at, value: failed, label: `${time(at)}: ${formatCount(failed)}` }))}
        tone="red"
      />
    </div>
  );
}

const MinuteTable = ({ minutes }: { readonly minutes: readonly Minute[] }) => (
  <ScrollArea.Autosize mah="30rem" viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': 'By the minute' }}>
    <Table stickyHeader>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Minute</Table.Th>
          {['Received', 'Applied', 'Failed', 'Half within', '95% within'].map((word) => (
            <Table.Th key={word} scope="col" ta="end">
              {word}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {minutes.toReversed().map((minute) => (
          <Table.Tr key={minute.at}>
            <Table.Th scope="row" fw={400}>
              <TimeText at={minute.at} look="time" />
            </Table.Th>
            <CountCell value={minute.received} />
            <CountCell value={minute.applied} />
            <CountCell value={minute.failed} />
            <Table.Td ta="end">{minute.lagP50Ms === null ? '' : lagWords(minute.lagP50Ms)}</Table.Td>
            <Table.Td ta="end">{minute.lagP95Ms === null ? '' : lagWords(minute.lagP95Ms)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </ScrollArea.Autosize>
);

const CountCell = ({ value }: { readonly value: number }) => (
  <Table.Td ta="end" data-align="end">
    {value === 0 ? (
      <Text span c="dimmed" inherit>
        0
      </Text>
    ) : (
      formatCount(value)
    )}
  </Table.Td>
);
