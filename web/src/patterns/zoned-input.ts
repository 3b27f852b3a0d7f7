/** Between an instant and what a `datetime-local` field holds, which knows no zone. Pure; the zone is an argument. */

const MINUTE_MS = 60_000;

/** "2026-11-20T22:00:00Z" in New York -> "2026-11-20T17:00". */
export const toLocalInput = (iso: string, zone: string): string => localText(Date.parse(iso), zone);

/** The other way; a time that the clocks skip becomes the one an hour later. Undefined when it is no time (yet). */
export function fromLocalInput(text: string, zone: string): string | undefined {
  const wantedMs = Date.parse(`${text}Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) || Number.isNaN(wantedMs)) return undefined;
  // The offset at a moment that is at most a day off, then at the moment itself.
  const near = wantedMs - offsetMs(wantedMs, zone);
  const exact = wantedMs - offsetMs(near, zone);
  const atMs = localText(exact, zone) === text ? exact : near;
  return new Date(atMs).toISOString().replace('.000Z', 'Z');
}

const offsetMs = (atMs: number, zone: string): number =>
  Date.parse(`${localText(atMs, zone)}Z`) - Math.floor(atMs / MINUTE_MS) * MINUTE_MS;

/** Swedish writes days as ISO does. */
const localText = (atMs: number, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
    .format(atMs)
    .replace(' ', 'T');
