import { Anchor, Stack, Text } from '@mantine/core';
import { IconUserQuestion } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type Campaign, campaignKeys, campaignQuery, type Recipient, recipientsQuery } from '../api/campaigns.ts';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { plural } from '../patterns/format.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { SidePanel } from '../patterns/side-panel.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { STATES, type StateName } from '../patterns/states.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { toneStyle } from '../patterns/tone.ts';
import classes from './recipient-panel.module.css';
import { recipientName, shownState } from './recipient-row.tsx';

const route = getRouteApi('/shell/campaigns/$campaignId/people/$contactId');

/** Why this person was, or was not, texted: every step with its time, the text as it was, the reason. */
export function RecipientPanel() {
  const { campaignId, contactId } = route.useParams();
  const campaign = useQuery(campaignQuery(campaignId)).data;
  return campaign === undefined ? null : <OneRecipient key={contactId} campaign={campaign} contactId={contactId} />;
}

function OneRecipient({ campaign, contactId }: { readonly campaign: Campaign; readonly contactId: string }) {
  const navigate = route.useNavigate();
  const filters = { contactId };
  const query = useInfiniteQuery(recipientsQuery(campaign.id, filters));
  useLive(`campaign:${campaign.id}`, [campaignKeys.recipients(campaign.id, filters)]);
  const onClose = (): void =>
    void navigate({
      to: '/campaigns/$campaignId/people',
      params: { campaignId: campaign.id },
      search: (before) => before,
    });
  const [recipient] = rowsOf(query.data);
  if (recipient === undefined)
    return (
      <SidePanel title="Person" onClose={onClose}>
        {query.error !== null ? (
          <ErrorState error={query.error} what="The person could not be loaded" onRetry={() => void query.refetch()} />
        ) : query.data === undefined ? (
          <LoadingSkeleton shape="lines" count={5} />
        ) : (
          <EmptyState icon={IconUserQuestion} title="Not in this campaign">
            This person did not match the audience when the campaign was launched, or became a contact later.
          </EmptyState>
        )}
      </SidePanel>
    );
  return (
    <SidePanel
      title={recipientName(recipient)}
      beside={
        <Text size="sm" c="dimmed" component="div" className={classes.identity}>
          <PhoneNumber phone={recipient.phone} /> <StateBadge state={shownState(recipient)} />
        </Text>
      }
      onClose={onClose}
    >
      <Stack gap="lg">
        {recipient.why === null ? null : (
          <p className={classes.why} style={toneStyle(STATES[recipient.state].tone)}>
            {recipient.why}.
          </p>
        )}
        <Steps campaign={campaign} recipient={recipient} />
        {recipient.text === null ? null : (
          <div>
            <p className={classes.text} dir="auto">
              {recipient.text}
            </p>
            <Text size="xs" c="dimmed">
              {[
                recipient.variant === null || campaign.variants.length < 2 ? null : `Variant ${recipient.variant}`,
                recipient.laneName === null ? null : `from ${recipient.laneName}`,
                recipient.parts === null ? null : plural(recipient.parts, 'part', 'parts'),
              ]
                .filter((word) => word !== null)
                .join(' · ')}
            </Text>
          </div>
        )}
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link {...props} to="/contacts/$contactId" params={{ contactId: recipient.contactId }} />
          )}
        >
          Everything about {recipientName(recipient)}
        </Anchor>
      </Stack>
    </SidePanel>
  );
}

function Steps({ campaign, recipient }: { readonly campaign: Campaign; readonly recipient: Recipient }) {
  const steps: readonly (readonly [StateName, string, string | null])[] = [
    [
      'pending',
      recipient.state === 'skipped' && recipient.sentAt === null ? 'Matched the audience' : 'Chosen',
      campaign.launchedAt,
    ],
    ['sent', 'Sent', recipient.sentAt],
    ['delivered', 'Delivered', recipient.deliveredAt],
    ['replied', 'Replied', recipient.repliedAt],
    ['opted_out', 'Opted out', recipient.optedOutAt],
  ];
  return (
    <ol className={classes.steps}>
      {steps.map(([state, word, at]) => {
        if (at === null) return null;
        const { icon: StepIcon, tone } = STATES[state];
        return (
          <li key={state} style={toneStyle(tone)}>
            <StepIcon size={16} stroke={2} aria-hidden />
            <span>{word}</span>
            <TimeText at={at} />
          </li>
        );
      })}
    </ol>
  );
}
