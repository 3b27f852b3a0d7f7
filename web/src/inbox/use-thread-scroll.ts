import { useEffect, useLayoutEffect, useRef, useState } from 'react';

/** So close to the end, one reads the newest: it stays in sight. */
const END_PX = 48;
/** So close to the beginning, earlier texts are fetched. */
const TOP_PX = 120;

/**
 * Keeps a thread where its reader is: at the end it follows what comes in; further up nothing moves, neither when texts arrive below
 * (`below` counts them) nor when earlier ones are put above.
 */
export function useThreadScroll(given: {
  /** Of the texts from top to bottom. */
  readonly ids: readonly string[];
  /** One's own reply on its way; sending it leads to the end. */
  readonly ownKey: string | undefined;
  readonly onNearTop: () => void;
}) {
  const { ids, ownKey, onNearTop } = given;
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const before = useRef({ first: ids[0], height: 0, atEnd: true });
  const lastSeen = useRef(ids.at(-1));
  const first = ids[0];
  const last = ids.at(-1);
  if (atEnd) lastSeen.current = last;
  const seenAt = ids.lastIndexOf(lastSeen.current ?? '');

  const toEnd = (): void => {
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: only texts at one of the two ends change the place.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    if (before.current.atEnd) element.scrollTop = element.scrollHeight;
    else if (before.current.first !== first) element.scrollTop += element.scrollHeight - before.current.height;
    before.current = { ...before.current, first, height: element.scrollHeight };
  }, [first, last]);

  useEffect(() => {
    if (ownKey === undefined) return;
    before.current.atEnd = true;
    setAtEnd(true);
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, [ownKey]);

  // A bubble that gets a second line, a reply box that grows, a keyboard that comes up.
  useEffect(() => {
    const element = scroller.current;
    const inner = content.current;
    if (element === null || inner === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (before.current.atEnd) element.scrollTop = element.scrollHeight;
      before.current.height = element.scrollHeight;
    });
    observer.observe(element);
    observer.observe(inner);
    return () => observer.disconnect();
  }, []);

  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const end = element.scrollHeight - element.scrollTop - element.clientHeight < END_PX;
    before.current.atEnd = end;
    before.current.height = element.scrollHeight;
    setAtEnd(end);
    if (element.scrollTop < TOP_PX && !end) onNearTop();
  };
  return { scroller, content, onScroll, toEnd, below: atEnd || seenAt < 0 ? 0 : ids.length - 1 - seenAt };
}
