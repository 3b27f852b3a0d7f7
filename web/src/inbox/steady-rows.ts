interface Row {
  readonly id: string;
}

export interface SteadyRows<Given> {
  readonly rows: readonly Given[];
  /** Rows that came above the held ones and are not shown yet. */
  readonly fresh: number;
}

/**
 * The rows of a live list such that what is being read does not move. With `hold` (somebody has scrolled down) the rows of `before`
 * keep their places and their contents are renewed; what came above them is only counted. Without it the list is as the server says,
 * but the selected row `keepId` stays where it was although it has left the view (a conversation that was just answered).
 */
export function steadyRows<Given extends Row>(given: {
  readonly before: readonly Given[];
  readonly now: readonly Given[];
  readonly hold: boolean;
  readonly keepId: string | undefined;
}): SteadyRows<Given> {
  const { before, now, hold, keepId } = given;
  return hold && before.length > 0 ? heldRows(before, now) : { rows: withKept(before, now, keepId), fresh: 0 };
}

function heldRows<Given extends Row>(before: readonly Given[], now: readonly Given[]): SteadyRows<Given> {
  const current = new Map(now.map((row) => [row.id, row]));
  const known = new Set(before.map((row) => row.id));
  const lastKnown = now.findLastIndex((row) => known.has(row.id));
  const added = now.map((row, index) => ({ row, below: index > lastKnown })).filter(({ row }) => !known.has(row.id));
  return {
    rows: [
      ...before.map((row) => current.get(row.id) ?? row),
      ...added.filter(({ below }) => below).map(({ row }) => row),
    ],
    fresh: added.filter(({ below }) => !below).length,
  };
}

function withKept<Given extends Row>(
  before: readonly Given[],
  now: readonly Given[],
  keepId: string | undefined,
): readonly Given[] {
  const place = before.findIndex((row) => row.id === keepId);
  const kept = before[place];
  if (kept === undefined || now.some((row) => row.id === keepId)) return now;
  const above = new Set(before.slice(0, place).map((row) => row.id));
  const at = now.findLastIndex((row) => above.has(row.id)) + 1;
  return [...now.slice(0, at), kept, ...now.slice(at)];
}

/** The row to go to from the one with `id`: the neighbour in that direction, or undefined at the end. */
export function neighbour(rows: readonly Row[], id: string | undefined, step: 1 | -1): string | undefined {
  const index = rows.findIndex((row) => row.id === id);
  if (index < 0) return rows[0]?.id;
  return rows[index + step]?.id;
}
