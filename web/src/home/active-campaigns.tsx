import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Campaign, campaignLiveQuery } from '../api/campaigns.ts';
import { useProductClock } from '../api/product-clock.ts';
import { campaignAnswer } from '../campaigns/campaign-answer.ts';
import { peopleOf, progressOf } from '../campaigns/campaign-counts.ts';
import { plural } from '../patterns/format.ts';
import { Section } from '../patterns/page.tsx';
import { ProgressByState } from '../patterns/progress-by-state.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import classes from './home-lists.module.css';

/** Campaigns that are on their way, each with what it does or waits for right now. */
export function ActiveCampaigns({ campaigns }: { readonly campaigns: readonly Campaign[] }) {
  return (
    <Section
      title="Campaigns"
      actions={
        <Anchor size="sm" renderRoot={(props) => <Link to="/campaigns" {...props} />}>
          All campaigns
        </Anchor>
      }
    >
      {campaigns.length === 0 ? (
        <Text c="dimmed" size="sm">
          No campaign is running.
        </Text>
      ) : (
        <ul className={classes.list}>
          {campaigns.map((campaign) => (
            <li key={campaign.id}>
              <ActiveCampaign campaign={campaign} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** What a campaign waits for changes with the clock too. */
const LIVE_EVERY_MS = 5_000;

function ActiveCampaign({ campaign }: { readonly campaign: Campaign }) {
  const clock = useProductClock(60_000);
  const live = useQuery({ ...campaignLiveQuery(campaign.id), refetchInterval: LIVE_EVERY_MS });
  const current = live.data?.campaign ?? campaign;
  const answer = live.data === undefined ? undefined : campaignAnswer(live.data, clock);
  const people = peopleOf(current.totals);
  return (
    <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} className={classes.campaign}>
      <span className={classes.campaignHead}>
        <span className={classes.campaignName}>{campaign.name}</span>
        <StateBadge state={current.state} look="plain" />
      </span>
      <ProgressByState
        thin
        parts={progressOf(current.totals).filter((part) => part.state !== 'skipped')}
        total={people}
        label={plural(people, 'person', 'people')}
      />
      <span className={classes.answer}>
        {answer === undefined ? '\u00a0' : [answer.sentence, answer.more].filter(Boolean).join(' · ')}
      </span>
    </Link>
  );
}
