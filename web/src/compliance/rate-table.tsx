import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ComplianceStatus, OptOutRate } from '../api/compliance.ts';
import { Count, FigureTable } from '../operations/figure-table.tsx';
import { formatRate } from '../patterns/format.ts';
import { toneStyle } from '../patterns/tone.ts';
import { alarmWords, rateName } from './compliance-words.ts';

interface RateTableProps {
  /** "Campaign", for the head of the first column. */
  readonly head: string;
  readonly by: string;
  readonly rates: readonly OptOutRate[];
  readonly levels: ComplianceStatus['levels'];
}

/** Counts beside each rate, and what the carriers make of it. */
export const RateTable = ({ head, by, rates, levels }: RateTableProps) => (
  <FigureTable
    label={`Opt-outs by ${head.toLowerCase()}`}
    columns={[
      { id: 'name', head, width: '30%' },
      { id: 'outs', head: 'Opt-outs', align: 'end', width: '12%' },
      { id: 'texts', head: 'Texts', align: 'end', width: '12%' },
      { id: 'rate', head: 'Rate', align: 'end', width: '12%' },
      { id: 'level', head: 'Level', width: '34%' },
    ]}
    rows={rates.map((rate) => ({
      id: rate.key,
      cells: [
        <Name key="name" rate={rate} by={by} />,
        <Count key="outs" of={rate.optOuts} />,
        <Count key="texts" of={rate.texts} />,
        formatRate(rate.optOuts, rate.texts),
        <Alarm key="level" alarm={rate.alarm} levels={levels} />,
      ],
    }))}
  />
);

function Name({ rate, by }: { readonly rate: OptOutRate; readonly by: string }) {
  const name = <bdi>{rateName(rate, by)}</bdi>;
  const { campaignId } = rate;
  if (campaignId === null) return name;
  return (
    <Anchor inherit renderRoot={(props) => <Link to="/campaigns/$campaignId" params={{ campaignId }} {...props} />}>
      {name}
    </Anchor>
  );
}

export function Alarm(props: { readonly alarm: OptOutRate['alarm']; readonly levels: ComplianceStatus['levels'] }) {
  const alarm = alarmWords(props.alarm, props.levels);
  if (alarm === undefined)
    return (
      <Text span inherit c="dimmed">
        Below every level
      </Text>
    );
  return (
    <Text span inherit c="var(--tone-text)" style={toneStyle(alarm.tone)}>
      {alarm.words}
    </Text>
  );
}
