import type { UseQueryResult } from '@tanstack/react-query';
import type { CampaignLive } from '../api/campaigns.ts';
import { Figure, Figures } from '../patterns/figure.tsx';
import { plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Section } from '../patterns/page.tsx';
import { ProgressByState } from '../patterns/progress-by-state.tsx';
import { Sparkline } from '../patterns/sparkline.tsx';
import { STATES } from '../patterns/states.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { audienceWords } from './audience-words.ts';
import { progressOf, sharesOf } from './campaign-counts.ts';
import { type HourlyFigure, hourlySeries } from './hourly.ts';
import { LiveForecast } from './live-forecast.tsx';
import { LiveNumbers } from './live-numbers.tsx';
import classes from './live-overview.module.css';
import { LiveReasons } from './live-reasons.tsx';
import { LiveReplies } from './live-replies.tsx';
import { LiveSending } from './live-sending.tsx';
import { LiveVariants } from './live-variants.tsx';

/** Figures with the state of the recipients whose colour they have. */
const FIGURES = [
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['replied', 'replied'],
  ['optedOut', 'opted_out'],
] as const satisfies readonly (readonly [HourlyFigure, string])[];

/** Three days: a week of hours would be thinner than a pixel each. */
const HOURS_SHOWN = 72;

export default function LiveOverview({ live }: { readonly live: UseQueryResult<CampaignLive> }) {
  return (
    <Loaded
      query={live}
      what="The state of the campaign could not be loaded"
      skeleton={<LoadingSkeleton shape="tiles" count={4} />}
    >
      {(data) => <Overview live={data} />}
    </Loaded>
  );
}

function Overview({ live }: { readonly live: CampaignLive }) {
  const { campaign, perHour, failures, skips } = live;
  const { totals } = campaign;
  const shares = sharesOf(totals);
  return (
    <>
      <ProgressByState
        parts={progressOf(totals)}
        total={totals.enrolled}
        label={plural(totals.enrolled, 'recipient', 'recipients')}
      />
      <Figures>
        {FIGURES.map(([name, state]) => {
          const values = hourlySeries(perHour, name, HOURS_SHOWN);
          const { label, count, of } = shares[name];
          const { tone } = STATES[state];
          return (
            <Figure
              key={name}
              label={label}
              count={count}
              of={of}
              tone={tone}
              aside={
                values.length < 2 ? undefined : (
                  <Sparkline
                    values={values}
                    tone={tone}
                    label={`${label} per hour over ${plural(values.length, 'hour', 'hours')}, ${values.at(-1) ?? 0} in the last`}
                  />
                )
              }
            />
          );
        })}
      </Figures>
      <div className={classes.columns}>
        <LiveReplies campaign={campaign} replies={live.replies} />
        <div className={classes.side}>
          <LiveForecast live={live} />
          <LiveNumbers lanes={live.lanes} />
          <LiveSending campaign={campaign} />
          <LiveReasons title="Failed, by reason" reasons={failures} state="failed" />
          <LiveReasons
            title="Left out, by reason"
            reasons={skips.map((skip) => ({ ...skip, code: skip.reason, remedy: '' }))}
            state="skipped"
          />
        </div>
      </div>
      <Section
        title={campaign.variants.length > 1 ? 'Variants side by side' : 'Message'}
        note={
          <>
            To {audienceWords(campaign.audience)}. Made by {campaign.createdBy}
            {campaign.launchedAt === null ? null : (
              <>
                , launched <TimeText at={campaign.launchedAt} />
              </>
            )}
            .
          </>
        }
      >
        <LiveVariants variants={campaign.variants} />
      </Section>
    </>
  );
}
