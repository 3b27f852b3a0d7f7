import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { formatCount } from '../patterns/format.ts';
import { Section } from '../patterns/page.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './live-overview.module.css';

interface LiveReasonsProps {
  readonly title: string;
  readonly reasons: readonly {
    readonly code: string;
    readonly sentence: string;
    /** What can be done; empty when nothing can. */
    readonly remedy: string;
    readonly count: number;
  }[];
  readonly state: 'failed' | 'skipped';
}

/** Why people got no text, each reason leading to those people. Not there when there are none. */
export function LiveReasons({ title, reasons, state }: LiveReasonsProps) {
  if (reasons.length === 0) return null;
  return (
    <Section title={title}>
      <ul className={classes.list}>
        {reasons.map((reason) => (
          <li key={reason.code}>
            <Link
              from="/campaigns/$campaignId"
              to="people"
              search={{ state, reason: reason.code }}
              className={classes.reason}
            >
              <b data-tabular>{formatCount(reason.count)}</b>
              <span>
                {reason.sentence}
                {reason.remedy === '' ? null : <span className={classes.remedy}>{reason.remedy}</span>}
              </span>
              <IconChevronRight size={16} stroke={ICON_STROKE} className={classes.arrow} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
