import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import tabs from '../patterns/tab-links.module.css';
import classes from './operations.module.css';

/**
 * The pages of Operations; each has its own address. They stand above the heading, so that nothing that a page says moves them. What has
 * failed is the list of events, narrowed.
 */
export function OperationsTabs({ failed = false }: { readonly failed?: boolean }) {
  const row = useRef<HTMLElement>(null);
  useEffect(() => showCurrent(row.current), []);
  return (
    <nav ref={row} className={`${tabs.tabs} ${classes.tabs}`} aria-label="Operations">
      <Link
        to="/operations/events"
        className={tabs.tab}
        activeOptions={failed ? { exact: true } : { includeSearch: false }}
      >
        Events
      </Link>
      <Link to="/operations/events" search={{ state: 'failed' }} className={tabs.tab}>
        Failed
      </Link>
      {PAGES.map(({ to, label }) => (
        <Link key={to} to={to} className={tabs.tab} activeOptions={{ includeSearch: false }}>
          {label}
        </Link>
      ))}
    </nav>
  );
}

const PAGES = [
  { to: '/operations/replays', label: 'Replays' },
  { to: '/operations/throughput', label: 'Throughput' },
  { to: '/operations/sources', label: 'Sources' },
  { to: '/operations/workers', label: 'Workers' },
  { to: '/operations/health', label: 'Health' },
  { to: '/operations/reconciliation', label: 'Reconciliation' },
] as const;

/** On a phone the row is wider than the window. */
function showCurrent(row: HTMLElement | null): void {
  const current = row?.querySelector<HTMLElement>('[aria-current]');
  if (row === null || current === null || current === undefined) return;
  row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
}
