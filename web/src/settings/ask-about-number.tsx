import { Button, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { fieldProblem } from '../api/problem.ts';
import { type HoursAt, hoursQuery } from '../api/sending-policy.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { Section } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { ruleWords } from './place-groups.ts';
import classes from './sending-hours.module.css';

/** May this number be texted now? Under the policy as it is saved. */
export function AskAboutNumber() {
  const [typed, setTyped] = useState('');
  const [asked, setAsked] = useState('');
  const answer = useQuery({ ...hoursQuery(asked), enabled: asked !== '' });
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    setAsked(typed.trim());
  };
  const wrongNumber = fieldProblem(answer.error, '/query/phone');
  return (
    <Section title="Ask about one number" note="What campaigns may do with it right now, as the hours are saved.">
      <form className={classes.ask} onSubmit={ask}>
        <TextInput
          aria-label="Phone number"
          type="tel"
          placeholder="(850) 555-0123"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={wrongNumber}
        />
        <Button type="submit" variant="default" loading={answer.isFetching && asked !== ''}>
          Ask
        </Button>
      </form>
      <div aria-live="polite">
        {answer.data === undefined || answer.error !== null ? null : <Answer hours={answer.data} />}
        {answer.error === null || wrongNumber !== undefined ? null : (
          <ErrorState compact error={answer.error} what="No answer" onRetry={() => void answer.refetch()} />
        )}
      </div>
    </Section>
  );
}

function Answer({ hours }: { readonly hours: HoursAt }) {
  const { open, closesAt, opensAt, zone, rule, messagesPerDay } = hours;
  const at = open ? closesAt : opensAt;
  return (
    <Text size="sm">
      <b>{open ? 'Yes' : 'Not now'}</b>
      {at === null ? ', and never under these hours' : open ? ', until ' : ', from '}
      {at === null ? null : <TimeText at={at} zone={zone} />}. Decided by {ruleWords(rule)}: {rule.text}. At most{' '}
      {messagesPerDay} campaign texts in 24 hours.
    </Text>
  );
}
