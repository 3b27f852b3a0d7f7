import { Link } from '@tanstack/react-router';
import { SectionTabs } from '../patterns/section-tabs.tsx';
import tabs from '../patterns/tab-links.module.css';

/** The pages of Operations. What has failed is the list of events, narrowed. */
export const OperationsTabs = ({ failed = false }: { readonly failed?: boolean }) => (
  <SectionTabs label="Operations">
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
  </SectionTabs>
);

const PAGES = [
  { to: '/operations/replays', label: 'Replays' },
  { to: '/operations/throughput', label: 'Throughput' },
  { to: '/operations/sources', label: 'Sources' },
  { to: '/operations/workers', label: 'Workers' },
  { to: '/operations/health', label: 'Health' },
  { to: '/operations/reconciliation', label: 'Reconciliation' },
] as const;
