import { Tooltip } from '@mantine/core';
import type { Health, HealthCheck } from '../api/health.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { toneStyle } from '../patterns/tone.ts';
import classes from './check-strip.module.css';
import { outcomeOf, uptimeWords } from './check-words.ts';

/** The newest checks at a glance, and how many of them found all well. */
export const CheckStrip = ({ health: { recent, uptime } }: { readonly health: Pick<Health, 'recent' | 'uptime'> }) =>
  recent.length === 0 ? null : (
    <div className={classes.history}>
      <Strip checks={recent} />
      <dl className={classes.uptime}>
        {(
          [
            ['24 hours', uptime.day],
            ['7 days', uptime.week],
            ['30 days', uptime.month],
          ] as const
        ).map(([span, value]) => (
          <div key={span}>
            <dt>{span}</dt>
            <dd data-tabular>{uptimeWords(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );

/** The newest checks, the newest at the right. */
function Strip({ checks }: { readonly checks: readonly HealthCheck[] }) {
  const bad = checks.filter(({ outcome }) => outcome?.startsWith('failed_') === true).length;
  return (
    <ol className={classes.strip} aria-label={`The last ${checks.length} checks, ${bad} failed, oldest first`}>
      {checks.toReversed().map((check) => {
        const { word, tone } = outcomeOf(check);
        return (
          <Tooltip key={check.id} label={<StripWords check={check} word={word} />}>
            <li className={classes.tick} data-tone={tone} style={toneStyle(tone)}>
              <span className={classes.hidden}>{word}</span>
            </li>
          </Tooltip>
        );
      })}
    </ol>
  );
}

const StripWords = ({ check, word }: { readonly check: HealthCheck; readonly word: string }) => (
  <>
    <TimeText at={check.startedAt} look="full" />: {word}
  </>
);
