import { useLocation } from '@tanstack/react-router';
import { type RefObject, useEffect } from 'react';

/** Address of the page that has the focus already: the first one, which the browser itself announces, and each one since. */
let announced: string | undefined;

/**
 * After a navigation the heading of the new page takes the focus, so that keys and screen readers go on from there. A focus that is
 * already inside the page stays: a panel that opened beside a list has taken it.
 */
export function useHeadingFocus(heading: RefObject<HTMLElement | null>): void {
  const pathname = useLocation({ select: (location) => location.pathname });
  useEffect(() => {
    const before = announced;
    announced = pathname;
    if (before === undefined || before === pathname) return;
    const page = document.getElementById('main');
    if (page?.contains(document.activeElement) && document.activeElement !== page) return;
    heading.current?.focus({ preventScroll: true });
  }, [pathname, heading]);
}
