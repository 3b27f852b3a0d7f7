import { useRef } from 'react';
import { plural } from '../patterns/format.ts';

/**
 * "14 new contacts" for a list that stands still while someone reads further down in it. `total`: how many there are now, undefined while
 * that is not known; `held`: the list on screen is older than that.
 */
export function useNewContacts(total: number | undefined, held: boolean): string | undefined {
  const shown = useRef(total);
  if (!held) shown.current = total;
  const count = (total ?? 0) - (shown.current ?? total ?? 0);
  return held && count > 0 ? plural(count, 'new contact', 'new contacts') : undefined;
}
