import { Anchor, Button, Text } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import type { Review } from '../api/campaigns.ts';
import { useProductClock } from '../api/product-clock.ts';
import { formatCount, formatDay, formatMoney, formatWhen, listWords, type Moment, plural } from '../patterns/format.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './builder.module.css';
import { type BuilderField, sectionId } from './builder-section.tsx';
import { ForecastDays } from './forecast-days.tsx';
import { plainLines, WaitLines } from './forecast-waits.tsx';

interface LaunchPanelProps {
  readonly review: Review | undefined;
  /** The review is of an older state of the form, and the next one is on its way. */
  readonly stale: boolean;
  /** Undefined for those who may not launch. */
  readonly onLaunch: (() => void) | undefined;
}

/** From the top of the page down. */
const ORDER: readonly BuilderField[] = ['name', 'audience', 'message', 'lanes', 'schedule'];

/** When it would be done, what it would cost, what is still to do, and the button. */
export function LaunchPanel({ review, stale, onLaunch }: LaunchPanelProps) {
  const clock = useProductClock(60_000);
  if (review === undefined) return <LoadingSkeleton shape="lines" count={5} />;
  const { warnings, toAcknowledge } = review;
  const problems = review.problems.toSorted((a, b) => ORDER.indexOf(a.field) - ORDER.indexOf(b.field));
  return (
    <div className={classes.panel}>
      <div className={stale ? classes.stale : undefined}>
        <Forecast review={review} moment={clock} />
      </div>
      {onLaunch === undefined ? (
        <Text size="sm" c="dimmed">
          Owners and managers can launch campaigns. Ask one of them.
        </Text>
      ) : (
        <Button
          className={classes.launch ?? ''}
          size="md"
          fullWidth
          disabled={problems.length > 0}
          leftSection={<IconSend size={16} stroke={ICON_STROKE} />}
          onClick={onLaunch}
        >
          Review and launch
        </Button>
      )}
      <div aria-live="polite">
        <Remarks title={plural(problems.length, 'thing to do first', 'things to do first')} remarks={problems} />
        <Remarks title="To mend, or to launch with a reason" remarks={toAcknowledge} />
        {warnings.length === 0 ? null : (
          <Anchor
            component="button"
            type="button"
            size="sm"
            c="var(--tone-amber-text)"
            mt={4}
            py={4}
            onClick={() => goTo(warnings[0]?.field ?? 'message')}
          >
            {plural(warnings.length, 'warning', 'warnings')} about {listWords(warnedOf(warnings))}
          </Anchor>
        )}
      </div>
    </div>
  );
}

const ABOUT: Readonly<Record<BuilderField, string>> = {
  name: 'the name',
  audience: 'the audience',
  message: 'the message',
  lanes: 'the numbers',
  schedule: 'the schedule',
};
const warnedOf = (warnings: Review['warnings']): readonly string[] =>
  ORDER.filter((field) => warnings.some((warning) => warning.field === field)).map((field) => ABOUT[field]);

function Remarks({ title, remarks }: { readonly title: string; readonly remarks: Review['problems'] }) {
  if (remarks.length === 0) return null;
  return (
    <div style={toneStyle('amber')}>
      <Text size="sm" fw={550} c="var(--tone-text)" mb={4}>
        {title}
      </Text>
      <ul className={classes.remarks}>
        {remarks.map(({ field, message }) => (
          <li key={message}>
            <Anchor component="button" type="button" size="sm" ta="start" onClick={() => goTo(field)}>
              {message}
            </Anchor>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function goTo(field: BuilderField): void {
  const heading = document.getElementById(sectionId(field));
  heading?.focus({ preventScroll: true });
  heading?.scrollIntoView({ block: 'start', behavior: 'smooth' });
}

function Forecast({ review, moment }: { readonly review: Review; readonly moment: Moment }) {
  const { forecast, parts, costCents, lanes, audience, optOutAdded } = review;
  if (audience.textable === 0 || lanes.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The forecast comes as soon as there are people to text and a number to send from.
      </Text>
    );
  return (
    <>
      <Text fw={600} mb="xs">
        {forecast.finishAt === null
          ? 'When it would be done cannot be said'
          : `Done about ${formatWhen(forecast.finishAt, moment)}`}
      </Text>
      {forecast.noFinish === null ? null : (
        <Text size="sm" c="var(--tone-amber-text)" mb="xs">
          {forecast.noFinish.sentence}.
        </Text>
      )}
      <ForecastDays forecast={forecast} lanes={lanes} />
      {/* Whoever is next in turn needs no list. */}
      {forecast.waits.every(({ reason }) => reason === 'turn') ? null : (
        <WaitLines lines={plainLines(forecast.waits, moment)} />
      )}
      <Text size="sm" c="dimmed" mt="xs">
        {startSentence(review, moment)}
      </Text>
      {parts.total === 0 ? null : (
        <Text size="sm" mt={4} data-tabular>
          About <b>{formatMoney(costCents)}</b> for {plural(parts.total, 'part', 'parts')}
        </Text>
      )}
      {optOutAdded === null || optOutAdded.people === 0 ? null : (
        <Text size="sm" c="dimmed" mt={4} data-tabular>
          “{optOutAdded.wording}” is added for {plural(optOutAdded.people, 'person', 'people')} whom we have never
          texted.
        </Text>
      )}
    </>
  );
}

/** When the first text goes out: the hours where people are, and the caps of the numbers. */
export function startSentence({ window, lanes, forecast }: Review, moment: Moment): string {
  const { start, end, openNow, waiting } = window;
  const hours = `Everyone is texted only between ${start} and ${end} where they are, and never in the quiet hours of their state or of your settings`;
  const first = forecast.perDay[0]?.day;
  if (first !== undefined && lanes.every((lane) => lane.leftToday === 0) && first !== dayOf(moment))
    return `Today’s caps are used up, so it begins on ${formatDay(first)}. ${hours}.`;
  if (waiting === 0) return `Begins at once. ${hours}.`;
  if (openNow === 0) return `Nobody can be texted at this hour. ${hours}.`;
  return `Begins at once with ${plural(openNow, 'person', 'people')}; for ${formatCount(waiting)} it is not the hour yet. ${hours}.`;
}

const dayOf = ({ zone, nowMs }: Moment): string => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(nowMs);
