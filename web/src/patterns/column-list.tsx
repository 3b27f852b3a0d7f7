import { Checkbox, Stack } from '@mantine/core';
import type { ColumnVisibility } from './table-columns.tsx';

interface ColumnListProps {
  readonly columns: readonly { readonly id: string; readonly header: string }[];
  readonly visibility: ColumnVisibility;
  readonly onChange: (id: string, shown: boolean) => void;
}

/** What the column chooser opens; a file of its own, because most visits of a list never open it. */
export default function ColumnList({ columns, visibility, onChange }: ColumnListProps) {
  return (
    <Stack gap="xs">
      {columns.map((column) => (
        <Checkbox
          key={column.id}
          label={column.header}
          checked={visibility[column.id] ?? false}
          onChange={(event) => onChange(column.id, event.currentTarget.checked)}
        />
      ))}
    </Stack>
  );
}
