import { type ReactNode, useEffect, useRef } from 'react';
import classes from './section-tabs.module.css';
import tabs from './tab-links.module.css';

interface SectionTabsProps {
  readonly label: string;
  /** Links with the class `tab` of `tab-links.module.css`. */
  readonly children: ReactNode;
}

/**
 * The pages of a section; each has its own address. They stand above the heading, so that nothing that a page says moves them.
 */
export function SectionTabs({ label, children }: SectionTabsProps) {
  const row = useRef<HTMLElement>(null);
  useEffect(() => showCurrent(row.current), []);
  return (
    <nav ref={row} className={`${tabs.tabs} ${classes.tabs}`} aria-label={label}>
      {children}
    </nav>
  );
}

/** On a phone the row is wider than the window. */
function showCurrent(row: HTMLElement | null): void {
  const current = row?.querySelector<HTMLElement>('[aria-current]');
  if (row === null || current === null || current === undefined) return;
  row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
}
