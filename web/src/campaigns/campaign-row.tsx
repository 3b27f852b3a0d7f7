import { Anchor, Button, Text, Tooltip } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Campaign, campaignLiveQuery } from '../api/campaigns.ts';
import { type ProductClock, useProductClock } from '../api/product-clock.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { formatCount, formatRate, formatWhen } from '../patterns/format.ts';
import { ProgressByState } from '../patterns/progress-by-state.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import type { TableColumn } from '../patterns/table-columns.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { TwoLines } from '../patterns/two-lines.tsx';
import { audienceWords } from './audience-words.ts';
import { peopleOf, progressOf, sharesOf } from './campaign-counts.ts';
import classes from './campaign-row.module.css';
import { useCampaignControl } from './use-campaign-control.ts';
import { useCopyCampaign } from './use-new-campaign.ts';

const launched = (campaign: Campaign): boolean => campaign.state !== 'draft';

/** "412 84.4%", and in the tooltip what it is a rate of. Nothing for a draft. */
function ShareCell({
  campaign,
  name,
}: {
  readonly campaign: Campaign;
  readonly name: keyof ReturnType<typeof sharesOf>;
}) {
  if (!launched(campaign)) return null;
  const { count, of } = sharesOf(campaign.totals)[name];
  return (
    <Tooltip label={`${formatCount(count)} of ${formatCount(of.count)} ${of.word}`}>
      <span className={classes.share}>
        {formatCount(count)}
        <span>{of.count === 0 ? '' : formatRate(count, of.count)}</span>
      </span>
    </Tooltip>
  );
}

const shareColumn = (
  name: 'sent' | 'delivered' | 'replied' | 'optedOut',
  header: string,
  hideBelow: 'md' | 'lg',
): TableColumn<Campaign> => ({
  id: name,
  header,
  hideBelow,
  width: 104,
  align: 'end',
  cell: (campaign) => <ShareCell campaign={campaign} name={name} />,
});

/** `next` is for those who may act. */
export const campaignColumns: readonly TableColumn<Campaign>[] = [
  {
    id: 'name',
    header: 'Campaign',
    required: true,
    cell: (campaign) => (
      <Anchor
        inherit
        fw={550}
        c="inherit"
        underline="never"
        tabIndex={-1}
        renderRoot={(props) => <Link {...props} to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} />}
      >
        {campaign.name}
      </Anchor>
    ),
  },
  { id: 'state', header: 'State', required: true, cell: (campaign) => <StateCell campaign={campaign} /> },
  {
    id: 'progress',
    header: 'Progress',
    width: 80,
    hideBelow: 'lg',
    cell: (campaign) => (launched(campaign) ? <Progress campaign={campaign} /> : null),
  },
  shareColumn('sent', 'Sent', 'lg'),
  shareColumn('delivered', 'Delivered', 'md'),
  shareColumn('replied', 'Replied', 'md'),
  shareColumn('optedOut', 'Opted out', 'lg'),
  { id: 'when', header: 'When', width: 204, hideBelow: 'lg', cell: (campaign) => <WhenAndWho campaign={campaign} /> },
  { id: 'next', header: 'Next', width: 112, hideBelow: 'md', cell: (campaign) => <NextAction campaign={campaign} /> },
];

function Progress({ campaign }: { readonly campaign: Campaign }) {
  const people = peopleOf(campaign.totals);
  return (
    <ProgressByState
      thin
      parts={progressOf(campaign.totals).filter((part) => part.state !== 'skipped')}
      total={people}
      label={`${formatCount(people)} people`}
    />
  );
}

/** When it ends; once that is over or nobody knows it, what came last: made, launched or over, and who made it. */
function WhenAndWho({ campaign }: { readonly campaign: Campaign }) {
  const { finish } = useStanding(campaign);
  if (finish !== null) return finish;
  return (
    <>
      <TimeText at={campaign.finishedAt ?? campaign.launchedAt ?? campaign.createdAt} look="relative" />{' '}
      <Text span inherit c="dimmed">
        {campaign.createdBy}
      </Text>
    </>
  );
}

/** The state and, beside it, why or until when; of a draft, for whom it is. */
function StateCell({ campaign }: { readonly campaign: Campaign }) {
  const { cause, finish } = useStanding(campaign);
  return (
    <span className={classes.state}>
      <StateBadge state={campaign.state} />
      <span className={classes.cause} title={standingWords({ cause, finish }) ?? undefined}>
        {cause}
        {finish === null ? null : <span className={classes.finish}>{cause === null ? finish : ` · ${finish}`}</span>}
      </span>
    </span>
  );
}

interface Standing {
  readonly cause: string | null;
  readonly finish: string | null;
}

const standingWords = ({ cause, finish }: Standing): string | null =>
  cause === null ? finish : finish === null ? cause : `${cause} · ${finish}`;

/** A running campaign's cause changes with the clock too, so it is asked for while its row is in sight. */
const CAUSE_EVERY_MS = 5_000;

function useStanding(campaign: Campaign): Standing {
  const clock = useProductClock(60_000);
  const running = campaign.state === 'running';
  const live = useQuery({ ...campaignLiveQuery(campaign.id), enabled: running, refetchInterval: CAUSE_EVERY_MS });
  if (campaign.state === 'draft') return { cause: `to ${audienceWords(campaign.audience)}`, finish: null };
  if (!running) return { cause: campaign.state === 'paused' ? campaign.stateReason : null, finish: null };
  return {
    cause: live.data?.waiting?.short ?? null,
    finish: finishWords((live.data?.campaign ?? campaign).expectedFinishAt, clock),
  };
}

/** "done about tomorrow 14:35 EST"; days ahead the hour says nothing: "done about Tue 8 Dec". */
const finishWords = (at: string | null, clock: ProductClock): string | null =>
  at === null ? null : `done about ${formatWhen(at, clock).split(',')[0]}`;

/** What one would do next with it, without opening it. */
function NextAction({ campaign }: { readonly campaign: Campaign }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const control = useCampaignControl(campaign);
  const { copy, busy } = useCopyCampaign();
  if (!mayAct(me.user.role, 'manager')) return null;
  const button = (label: string, onClick: () => void, loading: boolean): ReactNode => (
    <Button
      size="xs"
      variant="default"
      tabIndex={-1}
      loading={loading}
      onClick={onClick}
      aria-label={`${label}: ${campaign.name}`}
    >
      {label}
    </Button>
  );
  switch (campaign.state) {
    case 'draft':
      return (
        <Button
          size="xs"
          variant="default"
          tabIndex={-1}
          aria-label={`Go on with the draft: ${campaign.name}`}
          renderRoot={(props) => <Link {...props} to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} />}
        >
          Go on
        </Button>
      );
    case 'running':
      return button('Pause', control.pause, control.busy);
    case 'paused':
      return button('Resume', control.resume, control.busy);
    case 'completed':
    case 'cancelled':
      return button('Copy', () => copy(campaign), busy);
    default:
      return campaign.state satisfies never;
  }
}

export function CampaignPhoneRow({ campaign }: { readonly campaign: Campaign }) {
  const words = standingWords(useStanding(campaign));
  return (
    <TwoLines
      first={campaign.name}
      aside={<StateBadge state={campaign.state} />}
      second={launched(campaign) ? (words ?? resultWords(campaign)) : <DraftWords campaign={campaign} />}
    />
  );
}

function DraftWords({ campaign }: { readonly campaign: Campaign }) {
  return (
    <Text span inherit>
      {campaign.createdBy}, <TimeText at={campaign.createdAt} look="relative" />
    </Text>
  );
}

const resultWords = ({ totals }: Campaign): string =>
  `${formatCount(totals.delivered)} delivered · ${formatCount(totals.replied)} replied · ${formatCount(totals.opted_out)} opted out`;
