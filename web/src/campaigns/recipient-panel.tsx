import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { type Campaign, campaignKeys, campaignQuery } from '../api/campaigns.ts';
import { useLive } from '../api/live.ts';
import { addPeople, type Explanation, explanationQuery, recipientKeys, settleRecipient } from '../api/recipients.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { formatMoney, formatPhone, plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { SidePanel } from '../patterns/side-panel.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { STATES, type StateName } from '../patterns/states.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { isInTheWay } from './explanation-words.ts';
import classes from './recipient-panel.module.css';
import { shownState } from './recipient-row.tsx';
import { RecipientRules } from './recipient-rules.tsx';

const SettleDialog = lazy(() => import('../patterns/settle-dialog.tsx'));

const route = getRouteApi('/shell/campaigns/$campaignId/people/$contactId');

/** Why this person was, or was not, texted: the answer first, then the steps, the text as it was, and every rule in a fold. */
export function RecipientPanel() {
  const { campaignId, contactId } = route.useParams();
  const campaign = useQuery(campaignQuery(campaignId)).data;
  return campaign === undefined ? null : <OneRecipient key={contactId} campaign={campaign} contactId={contactId} />;
}

function OneRecipient({ campaign, contactId }: { readonly campaign: Campaign; readonly contactId: string }) {
  const navigate = route.useNavigate();
  const query = useQuery({
    ...explanationQuery(campaign.id, contactId),
    refetchInterval: ({ state }) => refreshMs(state.data?.standing),
  });
  useLive(`campaign:${campaign.id}`, [recipientKeys.explanation(campaign.id, contactId)]);
  const onClose = (): void =>
    void navigate({
      to: '/campaigns/$campaignId/people',
      params: { campaignId: campaign.id },
      search: (before) => before,
    });
  const explained = query.data;
  return (
    <SidePanel
      title={explained === undefined ? 'Person' : nameOf(explained)}
      beside={explained === undefined ? null : <Identity explained={explained} />}
      onClose={onClose}
    >
      <Loaded
        query={query}
        what="The person could not be loaded"
        skeleton={<LoadingSkeleton shape="lines" count={5} />}
      >
        {(data) => <Story campaign={campaign} explained={data} />}
      </Loaded>
    </SidePanel>
  );
}

/** Who waits, waits by the clock; of a lost answer the gateway is asked every few seconds. Neither is told to live pages. */
function refreshMs(standing: Explanation['standing'] | undefined): number | false {
  if (standing === 'unknown') return 5_000;
  return standing === 'waits' ? 30_000 : false;
}

const nameOf = ({ contact }: Explanation): string =>
  contact.name === contact.phone ? formatPhone(contact.phone) : contact.name;

function Identity({ explained }: { readonly explained: Explanation }) {
  return (
    <Text size="sm" c="dimmed" component="div" className={classes.identity}>
      <PhoneNumber phone={explained.contact.phone} />
      {explained.enrollment === null ? (
        ' Not in this campaign'
      ) : (
        <StateBadge state={shownState(explained.enrollment)} />
      )}
    </Text>
  );
}

function Story({ campaign, explained }: { readonly campaign: Campaign; readonly explained: Explanation }) {
  return (
    <Stack gap="lg">
      {isInTheWay(explained) ? <Answer explained={explained} /> : null}
      <Actions explained={explained} />
      {explained.enrollment === null ? null : <Steps explained={explained} />}
      {explained.text === null ? null : (
        <TheText text={explained.text} explained={explained} variants={campaign.variants.length} />
      )}
      <RecipientRules explained={explained} />
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link {...props} to="/contacts/$contactId" params={{ contactId: explained.contact.id }} />
        )}
      >
        Everything about {nameOf(explained)}
      </Anchor>
    </Stack>
  );
}

function Answer({ explained: { enrollment, sentence, remedy } }: { readonly explained: Explanation }) {
  return (
    <div className={classes.why} style={toneStyle(STATES[enrollment?.state ?? 'skipped'].tone)}>
      <p>{sentence}.</p>
      {remedy === '' ? null : <p className={classes.remedy}>{remedy}.</p>}
    </div>
  );
}

const SETTLED = {
  drop: 'This person is left out of the campaign.',
  send_again:
    'It goes out again by the campaign’s hours and caps. If the provider did send it, this person gets it twice.',
};

/** What a manager can do about it here: settle a lost answer, or take somebody in. */
function Actions({ explained }: { readonly explained: Explanation }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const dialog = useLazyDialog();
  const { campaign, contact, enrollment, rules } = explained;
  const join = useAction({
    run: (contactId: string, key) => addPeople(campaign.id, { contactIds: [contactId] }, key),
    touches: [campaignKeys.of(campaign.id)],
    onDone: ({ added }) => toastDone(added === 1 ? `${nameOf(explained)} is in the campaign` : 'Nobody was added'),
    onProblem: (error) => toastProblem('Nobody was added', error),
  });
  if (!mayAct(me.user.role, 'manager')) return null;
  const isOpen = campaign.state === 'running' || campaign.state === 'paused';
  const wouldBeTexted = rules.every(({ code, forbids }) => !forbids || code.startsWith('audience'));
  if (enrollment === null && isOpen && wouldBeTexted)
    return (
      <Group>
        <Button loading={join.isPending} onClick={() => join.mutate(contact.id)}>
          Add to the campaign
        </Button>
      </Group>
    );
  if (enrollment?.state !== 'unknown') return null;
  return (
    <Group>
      <Button variant="default" onClick={dialog.open}>
        Settle by hand
      </Button>
      {dialog.wanted ? (
        <Suspense fallback={null}>
          <SettleDialog
            name={nameOf(explained)}
            phone={formatPhone(contact.phone)}
            begunAt={explained.attempts.at(-1)?.startedAt ?? null}
            means={SETTLED}
            run={(body, key) => settleRecipient(campaign.id, contact.id, body, key)}
            touches={[campaignKeys.of(campaign.id)]}
            opened={dialog.opened}
            onClose={dialog.close}
          />
        </Suspense>
      ) : null}
    </Group>
  );
}

function Steps({ explained }: { readonly explained: Explanation }) {
  const { enrollment } = explained;
  if (enrollment === null) return null;
  const { state, sentAt, failedAt } = enrollment;
  const chosen = state === 'skipped' && sentAt === null ? 'Considered' : 'Chosen';
  const steps: readonly (readonly [StateName, string, string | null])[] = [
    ['pending', chosen, enrollment.createdAt],
    ['sent', enrollment.settledByHand ? 'Sent, as a person recorded' : 'Sent', sentAt],
    ['delivered', 'Delivered', enrollment.deliveredAt],
    ['failed', 'Failed', failedAt],
    ['replied', 'Replied', enrollment.repliedAt],
    ['opted_out', 'Opted out', enrollment.optedOutAt],
  ];
  return (
    <ol className={classes.steps}>
      {steps.map(([step, word, at]) => {
        if (at === null) return null;
        const { icon: StepIcon, tone } = STATES[step];
        return (
          <li key={step} style={toneStyle(tone)}>
            <StepIcon size={16} stroke={2} aria-hidden />
            <span>{word}</span>
            <TimeText at={at} />
          </li>
        );
      })}
    </ol>
  );
}

interface TheTextProps {
  readonly text: NonNullable<Explanation['text']>;
  readonly explained: Explanation;
  readonly variants: number;
}

function TheText({ text, explained: { variant, lane }, variants }: TheTextProps) {
  const facts = [
    variant === null || variants < 2 ? null : `Variant ${variant}`,
    lane === null ? null : `from ${lane.name} (${lane.why})`,
    plural(text.parts, 'part', 'parts'),
    text.encoding,
    formatMoney(text.priceCents),
  ];
  return (
    <div>
      {text.begun ? null : (
        <Text size="xs" c="dimmed" mb={4}>
          The text, as it would be now
        </Text>
      )}
      <p className={classes.text} data-begun={text.begun || undefined} dir="auto">
        {text.body}
      </p>
      <Text size="xs" c="dimmed" data-tabular>
        {facts.filter((word) => word !== null).join(' · ')}
      </Text>
    </div>
  );
}
