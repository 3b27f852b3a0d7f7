import { Anchor, Radio, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useId, useRef, useState } from 'react';
import type { AudiencePreview, AudienceRule, Review } from '../api/campaigns.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatCount, plural } from '../patterns/format.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import classes from './builder.module.css';
import { BuilderSection } from './builder-section.tsx';
import { LeftOut, leftOutCount, reasonsInShort } from './left-out.tsx';

const AudienceConditions = lazy(() => import('./audience-conditions.tsx'));

interface AudienceSectionProps {
  /** Null: nobody is chosen yet. */
  readonly rule: AudienceRule | null;
  readonly onChange: (rule: AudienceRule | null) => void;
  /** Who the rule matches right now. */
  readonly audience: UseQueryResult<AudiencePreview>;
  readonly problems: Review['problems'];
  readonly readOnly: boolean;
  /** Which consent is asked for: the last question about who gets the text. */
  readonly consent: ReactNode;
}

/** Who gets the text: everybody, which must be said, or conditions that must all hold; and at once who that is. */
export function AudienceSection({ rule, onChange, audience, problems, readOnly, consent }: AudienceSectionProps) {
  const [choice, setChoice] = useChoice(rule, onChange);
  const answer = rule === null ? undefined : audience.data;
  return (
    <BuilderSection
      field="audience"
      title="Audience"
      // The line about nobody says it already, with the way out.
      problems={answer?.matched === 0 ? [] : problems}
      answer={
        answer === undefined ? undefined : (
          <Count audience={answer} stale={audience.isFetching} everyone={choice === EVERYONE} />
        )
      }
    >
      <Radio.Group label="Who gets the text" value={choice} onChange={setChoice} readOnly={readOnly}>
        <div className={classes.choice}>
          <Radio value={EVERYONE} label="Everyone" description="Every contact that you have" />
          <Radio value={MATCHING} label="People who match" description="By tag, place or the time of the last text" />
        </div>
      </Radio.Group>
      {choice === MATCHING ? (
        <Suspense fallback={<LoadingSkeleton shape="lines" count={4} />}>
          <AudienceConditions rule={rule ?? {}} onChange={onChange} readOnly={readOnly} />
        </Suspense>
      ) : null}
      {audience.error === null || rule === null ? null : (
        <ErrorState
          compact
          error={audience.error}
          what="The people could not be counted"
          onRetry={() => void audience.refetch()}
        />
      )}
      {answer === undefined ? null : <WhoIsIn audience={answer} everyone={choice === EVERYONE} />}
      {consent}
    </BuilderSection>
  );
}

const EVERYONE = 'everyone';
const MATCHING = 'matching';

/** The choice above the conditions. It stays while they are empty, and the conditions come back when it does. */
function useChoice(
  rule: AudienceRule | null,
  onChange: AudienceSectionProps['onChange'],
): readonly [choice: string, choose: (choice: string) => void] {
  const [choice, setChoice] = useState('');
  const conditions = useRef<AudienceRule | null>(null);
  const shown = rule === null ? (choice === EVERYONE ? '' : choice) : rule.all ? EVERYONE : MATCHING;
  if (shown !== choice) setChoice(shown);
  if (shown === MATCHING) conditions.current = rule;
  const choose = (next: string): void => {
    setChoice(next);
    onChange(next === EVERYONE ? { all: true } : conditions.current);
  };
  return [shown, choose];
}

function Count(props: { readonly audience: AudiencePreview; readonly stale: boolean; readonly everyone: boolean }) {
  const { audience, stale, everyone } = props;
  return (
    <span aria-live="polite" className={stale ? classes.stale : undefined} data-tabular>
      <b>{plural(audience.textable, 'person', 'people')}</b>
      {audience.textable === audience.matched
        ? null
        : ` of ${formatCount(audience.matched)} ${everyone ? 'contacts' : 'who match'}`}
    </span>
  );
}

const STATES_SHOWN = 8;

function WhoIsIn({ audience, everyone }: { readonly audience: AudiencePreview; readonly everyone: boolean }) {
  const [opened, { toggle }] = useDisclosure(false);
  const id = useId();
  if (audience.matched === 0)
    return (
      <Text size="sm" c="dimmed">
        {everyone ? 'You have no contacts yet. Begin with' : 'Nobody matches. Leave a condition empty, or'}{' '}
        <Anchor inherit underline="always" renderRoot={(props) => <Link {...props} to="/imports" />}>
          {everyone ? 'importing them' : 'import contacts'}
        </Anchor>
        .
      </Text>
    );
  const { byState, excluded } = audience;
  const places = byState
    .slice(0, STATES_SHOWN)
    .map(({ state, count }) => `${state === 'unknown' ? 'No state' : state} ${formatCount(count)}`);
  const leftOut = leftOutCount(audience);
  return (
    <>
      <Text size="sm" c="dimmed" data-tabular>
        {places.length === 0 ? null : (
          <>
            {places.join(' · ')}
            {byState.length > STATES_SHOWN ? ` · ${byState.length - STATES_SHOWN} more` : ''}
          </>
        )}
        {leftOut === 0 ? null : (
          <>
            {places.length === 0 ? null : <br />}
            {formatCount(leftOut)} left out: {reasonsInShort(excluded)}{' '}
            <Anchor component="button" type="button" inherit onClick={toggle} aria-expanded={opened} aria-controls={id}>
              {opened ? 'Hide who' : 'See who'}
            </Anchor>
          </>
        )}
      </Text>
      <div id={id} hidden={!opened}>
        <LeftOut excluded={excluded} />
      </div>
    </>
  );
}
