import { Button, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { CHANNEL_WORDS } from '../alerts/alert-words.ts';
import { type TestOutcome, testAlert } from '../api/alerts.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { Section } from '../patterns/page.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './settings.module.css';

interface AlertTestProps {
  /** Something is set up that can be tested. */
  readonly channels: boolean;
  readonly unsaved: boolean;
}

/** Sends a test now, and shows what the mail server and PagerDuty said to it. */
export function AlertTest({ channels, unsaved }: AlertTestProps) {
  const test = useAction({ run: (_input: null, key) => testAlert(key) });
  return (
    <Section
      title="Does it arrive?"
      note={
        channels
          ? 'Sends one mail, and an incident to PagerDuty that is resolved at once.'
          : 'There is nothing to test yet: set up mail or PagerDuty first.'
      }
    >
      <div className={classes.formActions}>
        <Button
          variant="default"
          loading={test.isPending}
          disabled={!channels || unsaved}
          onClick={() => test.mutate(null)}
        >
          Send a test
        </Button>
        {unsaved && channels ? (
          <Text size="sm" c="dimmed">
            Save first: the test goes to whom is saved.
          </Text>
        ) : null}
      </div>
      {test.error === null ? null : <ErrorState compact error={test.error} what="No test was sent" />}
      <ul className={classes.outcomes} aria-label="Outcome of the test" aria-live="polite">
        {(test.data?.data ?? []).map((outcome) => (
          <Outcome key={outcome.channel} outcome={outcome} />
        ))}
      </ul>
    </Section>
  );
}

function Outcome({ outcome: { channel, ok, detail } }: { readonly outcome: TestOutcome }) {
  const OutcomeIcon = ok ? IconCircleCheck : IconCircleX;
  const words = CHANNEL_WORDS[channel];
  const name = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return (
    <li className={classes.outcome} style={toneStyle(ok ? 'green' : 'red')}>
      <OutcomeIcon size={16} stroke={ICON_STROKE} aria-hidden />
      <span>
        {ok ? `${name} was taken: ` : `${name} did not go out: `}
        {detail}
      </span>
    </li>
  );
}
