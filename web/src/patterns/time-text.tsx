import { Tooltip } from '@mantine/core';
import { useProductClock } from '../api/product-clock.ts';
import { formatDuration, formatInstant, formatRelative, formatTime, formatWhen } from './format.ts';

interface TimeTextProps {
  readonly at: string;
  /**
   * `full` "Tue 12 Aug, 14:35 EDT"; `when` "today 14:35 EDT"; `time` "14:35 EDT"; `relative` "3 min ago"; `age` "3 min".
   * The last two carry the full time with its zone in their tooltip.
   */
  readonly look?: 'full' | 'when' | 'time' | 'relative' | 'age';
  /** Zone to show it in; the business's when left out. */
  readonly zone?: string;
}

/** A moment, always with its zone, counted from the product's clock. */
export function TimeText({ at, look = 'full', zone }: TimeTextProps) {
  const clock = useProductClock(look === 'relative' || look === 'age' ? 10_000 : 60_000);
  const moment = { zone: zone ?? clock.zone, nowMs: clock.nowMs };
  const full = formatInstant(at, moment);
  const shown = {
    full: () => full,
    when: () => formatWhen(at, moment),
    time: () => formatTime(at, moment.zone),
    relative: () => formatRelative(at, moment.nowMs),
    age: () => formatDuration(moment.nowMs - Date.parse(at)),
  }[look]();
  const time = <time dateTime={at}>{shown}</time>;
  return shown === full ? time : <Tooltip label={full}>{time}</Tooltip>;
}
