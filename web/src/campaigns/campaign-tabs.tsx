import { Link } from '@tanstack/react-router';
import { formatCount } from '../patterns/format.ts';
import classes from '../patterns/tab-links.module.css';

/** The two sides of a launched campaign; each has its own address. */
export function CampaignTabs({ people }: { readonly people: number }) {
  return (
    <nav className={classes.tabs} aria-label="Campaign">
      <Link
        from="/campaigns/$campaignId"
        to="."
        className={classes.tab}
        activeOptions={{ exact: true, includeSearch: false }}
      >
        Overview
      </Link>
      <Link from="/campaigns/$campaignId" to="people" className={classes.tab} activeOptions={{ includeSearch: false }}>
        People <span data-tabular>{formatCount(people)}</span>
      </Link>
    </nav>
  );
}
