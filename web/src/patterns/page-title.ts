import { useMatch } from '@tanstack/react-router';
import { useEffect, useSyncExternalStore } from 'react';

/**
 * Titles that pages give themselves ("Spring check-up"), by route. A panel inside a list has its own, so the breadcrumb and the
 * document title follow the deepest route whatever order the components mount in.
 */
let titles: Readonly<Record<string, string>> = {};
const listeners = new Set<() => void>();

function setTitle(routeId: string, title: string | undefined): void {
  const { [routeId]: _old, ...rest } = titles;
  titles = title === undefined ? rest : { ...rest, [routeId]: title };
  for (const listener of listeners) listener();
}

/** Names the route that this component belongs to, in the breadcrumb and the browser's tab. Undefined while it is not known. */
export function usePageTitle(title: string | undefined): void {
  const { routeId } = useMatch({ strict: false });
  useEffect(() => {
    setTitle(routeId, title);
    return () => setTitle(routeId, undefined);
  }, [routeId, title]);
}

export const usePageTitles = (): Readonly<Record<string, string>> =>
  useSyncExternalStore(
    (call) => {
      listeners.add(call);
      return () => listeners.delete(call);
    },
    () => titles,
  );
