import { Button, Loader, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ColumnDef, columnVisibilityFeature, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { PHONE_QUERY, ROW_HEIGHT_PX } from '../theme.ts';
import { useDensity } from './density.ts';
import { rowAfterKey } from './row-keys.ts';
import { useShortcuts } from './shortcuts.ts';
import type { ColumnVisibility, TableColumn } from './table-columns.tsx';
import classes from './virtual-table.module.css';

/** The further pages of a list: `moreOf(query)` makes it from an infinite query. */
export interface MoreRows {
  readonly has: boolean;
  readonly loading: boolean;
  readonly failed: boolean;
  readonly load: () => void;
}
export const moreOf = (query: {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isFetchNextPageError: boolean;
  readonly fetchNextPage: () => unknown;
}): MoreRows => ({
  has: query.hasNextPage,
  loading: query.isFetchingNextPage,
  failed: query.isFetchNextPageError,
  load: () => void query.fetchNextPage(),
});

interface VirtualTableProps<Row extends object> {
  /** Name of the table for screen readers. */
  readonly label: string;
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  /** Keep them in a constant or a memo. */
  readonly columns: readonly TableColumn<Row>[];
  readonly visibility?: ColumnVisibility;
  /** On a phone: the row as two lines instead of cells. */
  readonly phoneRow: (row: Row) => ReactNode;
  /** The row whose detail is open. */
  readonly activeId?: string | undefined;
  /** Click or Enter. */
  readonly onOpen?: (row: Row) => void;
  readonly more?: MoreRows;
}

const features = tableFeatures({ columnVisibilityFeature });
const PHONE_ROW_PX = 64;
const OVERSCAN_ROWS = 12;
/** The next page is asked for this many rows before the end. */
const AHEAD_ROWS = 30;

/**
 * A table of any length: only the rows in sight exist. Arrow keys, Home, End and Page keys move, Enter opens; `j` and `k` do from
 * anywhere on the page, and open the next one while one is open. Links and buttons inside cells must have `tabIndex={-1}`, because the
 * table is one stop of the Tab key.
 */
export function VirtualTable<Row extends object>(props: VirtualTableProps<Row>) {
  const { label, rows, rowId, columns, visibility, phoneRow, activeId, onOpen, more } = props;
  const phone = useMediaQuery(PHONE_QUERY, undefined, { getInitialValueInEffect: false });
  const density = useDensity();
  const rowHeight = phone ? PHONE_ROW_PX : ROW_HEIGHT_PX[density];
  const scroller = useRef<HTMLDivElement>(null);

  const definitions = useMemo(
    () => columns.map((column): ColumnDef<typeof features, Row> => ({ id: column.id, header: column.header })),
    [columns],
  );
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns]);
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: rowId,
    state: { columnVisibility: visibility ?? {} },
  });
  const tableRows = table.getRowModel().rows;
  const shown = table.getVisibleLeafColumns().flatMap((column) => byId.get(column.id) ?? []);

  // Constant while the rows are: the virtualizer measures all of them again for another function, at every step of the scrolling.
  const idAt = useCallback((index: number) => tableRows[index]?.id ?? index, [tableRows]);
  const ids = useMemo(() => tableRows.map((row) => row.id), [tableRows]);
  const virtualizer = useVirtualizer({
    count: tableRows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN_ROWS,
    getItemKey: idAt,
    scrollPaddingStart: rowHeight,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured sizes are those of the row height they were measured with.
  useEffect(() => virtualizer.measure(), [rowHeight]);

  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  const spaceAbove = first?.start ?? 0;
  const spaceBelow = last === undefined ? 0 : virtualizer.getTotalSize() - last.end;

  const lastIndex = last?.index ?? -1;
  useEffect(() => {
    if (more === undefined || !more.has || more.loading || more.failed) return;
    if (lastIndex >= tableRows.length - AHEAD_ROWS) more.load();
  }, [lastIndex, tableRows.length, more]);

  const focus = useRowFocus({
    scroller,
    ids,
    activeId,
    scrollTo: virtualizer.scrollToIndex,
  });
  const step = (by: 1 | -1): void => {
    // What is being written in the panel is not left by a key that missed its field.
    if ((document.activeElement?.closest('form') ?? null) !== null) return;
    const open = activeId === undefined ? -1 : ids.indexOf(activeId);
    const row = tableRows[open + by];
    if (open === -1) focus.moveTo(focus.index);
    else if (row !== undefined) onOpen?.(row.original);
  };
  useShortcuts('List', [
    { keys: 'j', label: activeId === undefined ? 'Next row; Enter opens it' : 'Open the next one', run: () => step(1) },
    { keys: 'k', label: activeId === undefined ? 'Previous row' : 'Open the one before', run: () => step(-1) },
  ]);
  const pageRows = Math.max(1, Math.floor((virtualizer.scrollRect?.height ?? 0) / rowHeight) - 2);

  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    if (event.target !== event.currentTarget) return;
    const target = rowAfterKey(event.key, { index, count: tableRows.length, pageRows });
    const row = tableRows[index];
    if (target !== undefined) focus.moveTo(target);
    else if (event.key === 'Enter' && row !== undefined) onOpen?.(row.original);
    else return;
    event.preventDefault();
  };

  return (
    <div ref={scroller} className={classes.scroller} data-bleed data-phone={phone || undefined}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows are moved through by keys is a grid.
        role="grid"
        className={classes.table}
        aria-label={label}
        aria-rowcount={more?.has ? -1 : tableRows.length + 1}
      >
        {phone ? null : (
          <colgroup>
            {shown.map((column) => (
              <col key={column.id} data-hide-below={column.hideBelow} style={{ width: column.width }} />
            ))}
          </colgroup>
        )}
        <thead>
          <tr aria-rowindex={1}>
            {phone ? (
              <th scope="col">{label}</th>
            ) : (
              shown.map((column) => (
                <th key={column.id} scope="col" data-align={column.align} data-hide-below={column.hideBelow}>
                  <Tooltip label={column.meaning} disabled={column.meaning === undefined}>
                    <span>{column.header}</span>
                  </Tooltip>
                </th>
              ))
            )}
          </tr>
        </thead>
        <tbody>
          {spaceAbove > 0 ? <tr aria-hidden style={{ height: spaceAbove }} /> : null}
          {items.map((item) => {
            const row = tableRows[item.index];
            if (row === undefined) return null;
            return (
              <tr
                key={row.id}
                data-row={row.id}
                aria-rowindex={item.index + 2}
                aria-selected={row.id === activeId}
                tabIndex={item.index === focus.index ? 0 : -1}
                style={{ height: rowHeight }}
                data-opens={onOpen === undefined ? undefined : true}
                onFocus={() => focus.set(row.id)}
                onKeyDown={(event) => onKeyDown(event, item.index)}
                onClick={(event) => {
                  if (isOwnClick(event)) onOpen?.(row.original);
                }}
              >
                {phone ? (
                  <td>{phoneRow(row.original)}</td>
                ) : (
                  shown.map((column) => (
                    <td key={column.id} data-align={column.align} data-hide-below={column.hideBelow}>
                      {column.cell(row.original)}
                    </td>
                  ))
                )}
              </tr>
            );
          })}
          {spaceBelow > 0 ? <tr aria-hidden style={{ height: spaceBelow }} /> : null}
        </tbody>
      </table>
      <MoreLine more={more} />
    </div>
  );
}

function MoreLine({ more }: { readonly more: MoreRows | undefined }) {
  if (more?.failed)
    return (
      <div className={classes.more} role="alert">
        The next rows could not be loaded.
        <Button size="xs" variant="default" onClick={more.load}>
          Try again
        </Button>
      </div>
    );
  return more?.loading ? (
    <div className={classes.more}>
      <Loader size="xs" color="gray" /> Loading more
    </div>
  ) : null;
}

/** A click on a link or button in a cell, or the end of selecting text, does not open the row. */
function isOwnClick(event: MouseEvent): boolean {
  const control = event.target instanceof Element && event.target.closest('a, button, input, label') !== null;
  return !control && (window.getSelection()?.toString() ?? '') === '';
}

/** Which row the Tab key reaches. It follows the row, not its place, so rows that arrive above do not move it. */
function useRowFocus(options: {
  readonly scroller: { readonly current: HTMLElement | null };
  readonly ids: readonly string[];
  readonly activeId: string | undefined;
  readonly scrollTo: (index: number) => void;
}) {
  const { scroller, ids, activeId, scrollTo } = options;
  const [focusedId, setFocusedId] = useState<string | undefined>(activeId);
  const wanted = useRef<string | undefined>(undefined);
  const index = Math.max(0, ids.indexOf(focusedId ?? activeId ?? ''));
  useEffect(() => {
    if (wanted.current === undefined) return;
    const element = scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(wanted.current)}"]`);
    if (element === null || element === undefined) return;
    wanted.current = undefined;
    element.focus({ preventScroll: true });
  });
  const moveTo = (target: number): void => {
    const id = ids[target];
    if (id === undefined) return;
    wanted.current = id;
    setFocusedId(id);
    scrollTo(target);
  };
  const before = useRef(activeId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is opened and closed moves anything, not rows that arrive.
  useEffect(() => {
    const closed = before.current;
    before.current = activeId;
    if (activeId !== undefined) {
      const opened = ids.indexOf(activeId);
      if (opened !== -1) scrollTo(opened);
    } else if (closed !== undefined && scroller.current?.contains(document.activeElement) === true)
      // The panel gave the focus back to the row from which it was first opened; keys may have led on from there.
      moveTo(ids.indexOf(closed));
  }, [activeId]);
  return { index, set: setFocusedId, moveTo };
}
