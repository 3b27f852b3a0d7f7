interface Row {
  readonly id: string;
}

export interface SteadyRows<Given> {
  readonly rows: readonly Given[];
  /** Rows that came or moved above the held ones and are not shown there yet. */
  readonly fresh: number;
}

/**
 * The rows of a live list such that what is being read does not move. With `hold` (somebody has scrolled down) the rows of `before`
 * keep their places and their contents are renewed; what came or moved above them is only counted. Without it the list is as the server says,
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
  const below = now.slice(lastKnown + 1);
  const stay = before.filter((row) => current.has(row.id)).map((row) => row.id);
  return { rows: [...before.map((row) => current.get(row.id) ?? row), ...below], fresh: countOnTop(stay, now) };
}

/** How many rows stand above the first one that has kept its place: those that came, and those that moved up. */
function countOnTop(stay: readonly string[], now: readonly Row[]): number {
  const moved = new Set<string>();
  let next = 0;
  for (const { id } of now) {
    while (moved.has(stay[next] ?? '')) next += 1;
    if (id === stay[next]) break;
    moved.add(id);
  }
  return moved.size;
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
