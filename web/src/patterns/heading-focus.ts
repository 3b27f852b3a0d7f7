import { useMatch } from '@tanstack/react-router';
import { type RefObject, useEffect } from 'react';

/** Path of the page that has been announced already: the first one, which the browser itself announces, and each one since. */
let announced: string | undefined;

/**
 * After a navigation the heading of the new page takes the focus, so that keys and screen readers go on from there. A focus that is
 * already inside the page stays: a panel that opened beside a list has taken it.
 */
export function useHeadingFocus(heading: RefObject<HTMLElement | null>): void {
  // The route's own path, not the location's: that one changes while the page before is still on screen.
  const { pathname } = useMatch({ strict: false });
  useEffect(() => {
    const before = announced;
    announced = pathname;
    if (before === undefined || before === pathname) return;
    const page = document.getElementById('main');
    if (page?.contains(document.activeElement) && document.activeElement !== page) return;
    heading.current?.focus({ preventScroll: true });
  }, [pathname, heading]);
}
