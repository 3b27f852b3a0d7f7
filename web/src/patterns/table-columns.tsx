import { ActionIcon, Popover, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconColumns3 } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense } from 'react';
import { ICON_STROKE } from '../theme.ts';

const ColumnList = lazy(() => import('./column-list.tsx'));

export interface TableColumn<Row> {
  readonly id: string;
  readonly header: string;
  /** What the header means, where that is not plain. */
  readonly meaning?: string;
  readonly cell: (row: Row) => ReactNode;
  /** Pixels; a column without one shares what is left. */
  readonly width?: number;
  /** `end` for numbers. */
  readonly align?: 'start' | 'end';
  /** Left out on narrower windows. */
  readonly hideBelow?: 'md' | 'lg';
  /** Shown only when chosen. */
  readonly optional?: boolean;
  /** Cannot be hidden: what identifies the row. */
  readonly required?: boolean;
}

export type ColumnVisibility = Record<string, boolean>;

/** Which columns this browser shows in the table `tableId`, and the button to choose them. */
export function useColumnChooser<Row>(
  tableId: string,
  columns: readonly TableColumn<Row>[],
): { readonly visibility: ColumnVisibility; readonly chooser: ReactNode } {
  const [chosen, setChosen] = useLocalStorage<ColumnVisibility>({
    key: `textwright.columns.${tableId}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const visibility = Object.fromEntries(
    columns.map((column) => [column.id, column.required === true || (chosen[column.id] ?? column.optional !== true)]),
  );
  const chooser = (
    <Popover position="bottom-end">
      <Popover.Target>
        <Tooltip label="Columns">
          <ActionIcon aria-label="Choose columns">
            <IconColumns3 size={20} stroke={ICON_STROKE} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <Suspense fallback={null}>
          <ColumnList
            columns={columns.filter((column) => column.required !== true)}
            visibility={visibility}
            onChange={(id, shown) => setChosen({ ...chosen, [id]: shown })}
          />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
  return { visibility, chooser };
}
