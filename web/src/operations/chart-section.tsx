import { ActionIcon, Group, SegmentedControl, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { downloadCsv } from '../patterns/download-csv.ts';
import { Section } from '../patterns/page.tsx';
import { ICON_STROKE } from '../theme.ts';

interface ChartSectionProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly charts: ReactNode;
  /** The same figures, for reading one by one. */
  readonly table: ReactNode;
  /** As the address says it: charts unless it says `table`. */
  readonly look: 'table' | '' | undefined;
  readonly onLook: (look: 'table' | '') => void;
  readonly file: { readonly name: string; readonly csv: () => string };
}

/** Figures over time: as charts, as a table, as a file. */
export const ChartSection = ({ title, note, charts, table, look, onLook, file }: ChartSectionProps) => (
  <Section
    title={title}
    note={note}
    actions={
      <Group gap="xs" wrap="nowrap">
        <SegmentedControl
          aria-label="Shown as"
          data={[
            { value: '', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
          value={look ?? ''}
          onChange={(value) => onLook(value === 'table' ? 'table' : '')}
        />
        <Tooltip label="Download as CSV">
          <ActionIcon aria-label="Download as CSV" onClick={() => downloadCsv(file.name, file.csv())}>
            <IconDownload size={20} stroke={ICON_STROKE} />
          </ActionIcon>
        </Tooltip>
      </Group>
    }
  >
    {look === 'table' ? table : charts}
  </Section>
);
