import { Link } from '@tanstack/react-router';
import classes from './operations-tabs.module.css';

/** The pages of Operations; each has its own address. What has failed is the list of events, narrowed. */
export function OperationsTabs({ failed = false }: { readonly failed?: boolean }) {
  return (
    <nav className={classes.tabs} aria-label="Operations">
      <Link
        to="/operations/events"
        className={classes.tab}
        activeOptions={failed ? { exact: true } : { includeSearch: false }}
      >
        Events
      </Link>
      <Link to="/operations/events" search={{ state: 'failed' }} className={classes.tab}>
        Failed
      </Link>
      <Link to="/operations/replays" className={classes.tab}>
        Replays
      </Link>
      <Link to="/operations/throughput" className={classes.tab}>
        Throughput
      </Link>
      <Link to="/operations/sources" className={classes.tab}>
        Sources
      </Link>
      <Link to="/operations/reconciliation" className={classes.tab}>
        Reconciliation
      </Link>
    </nav>
  );
}
