import { Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { rowsOf } from '../api/pages.ts';
import { findingsQuery, type Reconciliation, type ReconciliationFinding } from '../api/reconciliations.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { MoreButton } from '../patterns/more-button.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toneStyle } from '../patterns/tone.ts';
import type { Tone } from '../theme.ts';
import classes from './reconciliation.module.css';
import { isOpen } from './run-words.ts';

interface FindingsProps {
  readonly run: Reconciliation;
  /** What is stored now; `no`: what was only reported. */
  readonly settled: 'yes' | 'no';
}

/** What a comparison found, each in a sentence with the person it is about. */
export function Findings({ run, settled }: FindingsProps) {
  const query = useInfiniteQuery(findingsQuery(run.id, { settled }));
  return (
    <Loaded
      query={query}
      what="What was found could not be loaded"
      skeleton={<LoadingSkeleton shape="pairs" count={5} />}
    >
      {(data) => {
        const findings = rowsOf(data);
        if (findings.length === 0)
          return <Text c="dimmed">{isOpen(run) ? 'Nothing so far.' : 'Nothing was missing here.'}</Text>;
        return (
          <>
            <ul className={classes.rows}>
              {findings.map((finding) => (
                <FindingRow key={`${finding.gatewayId} ${finding.what}`} finding={finding} />
              ))}
            </ul>
            <MoreButton list={query} />
          </>
        );
      }}
    </Loaded>
  );
}

const TONES: Readonly<Record<ReconciliationFinding['kind'], Tone>> = {
  missing_here: 'teal',
  stale_here: 'blue',
  missing_there: 'amber',
  differs: 'red',
  unreadable: 'amber',
};

function FindingRow({ finding }: { readonly finding: ReconciliationFinding }) {
  const { kind, sentence, at, laneName } = finding;
  return (
    <li className={classes.finding}>
      <span className={classes.dot} style={toneStyle(TONES[kind])} aria-hidden />
      <div className={classes.said}>
        <Text size="sm" component="div">
          {sentence}
        </Text>
        <Text size="xs" c="dimmed" component="div">
          <Person finding={finding} />
          {laneName === null ? null : (
            <>
              {' '}
              · <bdi>{laneName}</bdi>
            </>
          )}
        </Text>
      </div>
      <Text size="xs" c="dimmed" component="div" className={classes.when}>
        <TimeText at={at} look="when" />
      </Text>
    </li>
  );
}

function Person({ finding: { phone, name, conversationId } }: { readonly finding: ReconciliationFinding }) {
  if (phone === null) return <>Number not known</>;
  const who = name === null || name === phone ? <PhoneNumber phone={phone} /> : <bdi>{name}</bdi>;
  if (conversationId === null) return who;
  return (
    <Link to="/inbox/$conversationId" params={{ conversationId }} search={{ view: 'all' }}>
      {who}
    </Link>
  );
}
