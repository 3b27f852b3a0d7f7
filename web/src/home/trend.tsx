import { ActionIcon, Group, SegmentedControl, Table, Text, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { downloadCsv } from '../patterns/download-csv.ts';
import { formatCount, formatDay } from '../patterns/format.ts';
import { Section } from '../patterns/page.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './trend.module.css';
import { dayWords, shareWords, spokenTrend, TREND_FIGURES, type TrendDay, totalOf, trendCsv } from './trend-series.ts';

const LOOKS = ['Chart', 'Table'] as const;

/** The last weeks by day of the business: bars with their numbers beside them, a table, and a file. */
export function Trend({ days }: { readonly days: readonly TrendDay[] }) {
  const [look, setLook] = useState<(typeof LOOKS)[number]>('Chart');
  if (totalOf(days, 'sent') + totalOf(days, 'replied') === 0) return null;
  return (
    <Section
      title={`Last ${days.length} days`}
      actions={
        <Group gap="xs" wrap="nowrap">
          <SegmentedControl aria-label="Shown as" data={[...LOOKS]} value={look} onChange={setLook} />
          <Tooltip label="Download as CSV">
            <ActionIcon aria-label="Download as CSV" onClick={() => downloadCsv('last-days.csv', trendCsv(days))}>
              <IconDownload size={20} stroke={ICON_STROKE} />
            </ActionIcon>
          </Tooltip>
        </Group>
      }
    >
      {look === 'Chart' ? <Chart days={days} /> : <DayTable days={days} />}
    </Section>
  );
}

function Chart({ days }: { readonly days: readonly TrendDay[] }) {
  const [pointed, setPointed] = useState<number>();
  const shown = days[pointed ?? days.length - 1];
  const first = days[0];
  return (
    <div className={classes.chart} onPointerLeave={() => setPointed(undefined)}>
      {TREND_FIGURES.map(({ name, label, tone }) => (
        <div key={name} className={classes.figure} style={toneStyle(tone)}>
          <div className={classes.label}>
            <span className={classes.name}>
              <span className={classes.dot} />
              {label}
            </span>
            <b>{formatCount(totalOf(days, name))}</b>
            <span className={classes.share}>{shareWords(days, name)}</span>
          </div>
          <div className={classes.bars} role="img" aria-label={spokenTrend(days, name, label)}>
            {days.map((day, index) => (
              <span
                key={day.day}
                className={classes.day}
                data-pointed={index === pointed || undefined}
                onPointerEnter={() => setPointed(index)}
              >
                <span className={classes.bar} style={{ height: barHeight(day[name], days, name) }} />
              </span>
            ))}
          </div>
        </div>
      ))}
      <div className={classes.axis}>
        <span>{first === undefined ? '' : formatDay(first.day)}</span>
        <span className={classes.readout}>
          {shown === undefined ? '' : `${pointed === undefined ? 'Today, ' : ''}${dayWords(shown)}`}
        </span>
      </div>
    </div>
  );
}

/** From zero, each figure on its own scale; a day with something is never invisible. */
function barHeight(value: number, days: readonly TrendDay[], name: (typeof TREND_FIGURES)[number]['name']): string {
  const most = Math.max(1, ...days.map((day) => day[name]));
  return value === 0 ? '0' : `max(2px, ${((value / most) * 100).toFixed(1)}%)`;
}

function DayTable({ days }: { readonly days: readonly TrendDay[] }) {
  return (
    <div className={classes.table}>
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Day</Table.Th>
            {TREND_FIGURES.map(({ name, label }) => (
              <Table.Th key={name} scope="col" ta="end">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {days.toReversed().map((day) => (
            <Table.Tr key={day.day}>
              <Table.Th scope="row" fw={400}>
                {formatDay(day.day)}
              </Table.Th>
              {TREND_FIGURES.map(({ name }) => (
                <Table.Td key={name} data-align="end" ta="end">
                  {day[name] === 0 ? (
                    <Text span c="dimmed" inherit>
                      0
                    </Text>
                  ) : (
                    formatCount(day[name])
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
