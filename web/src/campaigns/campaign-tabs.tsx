import { Link } from '@tanstack/react-router';
import { formatCount } from '../patterns/format.ts';
import classes from './campaign-tabs.module.css';

/** The two sides of a launched campaign; each has its own address. */
export function CampaignTabs({ people }: { readonly people: number }) {
  return (
    <nav className={classes.tabs} aria-label="Campaign">
      <Link
        from="/campaigns/$campaignId"
        to="."
        search={{}}
        className={classes.tab}
        activeOptions={{ exact: true, includeSearch: true }}
      >
        Overview
      </Link>
      <Link
        from="/campaigns/$campaignId"
        to="."
        search={{ tab: 'people' }}
        className={classes.tab}
        activeOptions={{ includeSearch: true }}
      >
        People <span data-tabular>{formatCount(people)}</span>
      </Link>
    </nav>
  );
}
