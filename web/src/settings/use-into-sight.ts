import { type RefObject, useEffect, useRef } from 'react';

/** Scrolls what a link has led to into sight, once. */
export function useIntoSight<Element extends HTMLElement>(wanted: boolean): RefObject<Element | null> {
  const element = useRef<Element>(null);
  useEffect(() => {
    if (wanted) element.current?.scrollIntoView({ block: 'center' });
  }, [wanted]);
  return element;
}
