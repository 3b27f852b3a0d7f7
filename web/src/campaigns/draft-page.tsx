import { Anchor, Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { type AskedConsent, audiencePreviewQuery, type Campaign, campaignKeys, reviewQuery } from '../api/campaigns.ts';
import { useLive } from '../api/live.ts';
import { accountsQuery, operationKeys } from '../api/operations.ts';
import { fieldProblem } from '../api/problem.ts';
import { mayAct, meQuery } from '../api/session.ts';
import type { TextPreview } from '../api/templates.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatMoney, plural } from '../patterns/format.ts';
import { Page, PageHeader } from '../patterns/page.tsx';
import { SaveIndicator } from '../patterns/save-indicator.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { AudienceSection } from './audience-section.tsx';
import classes from './builder.module.css';
import { ConsentChoice } from './consent-choice.tsx';
import { consentInput } from './consent-form.ts';
import { DraftControls } from './draft-controls.tsx';
import { plainRule } from './draft-form.ts';
import { DraftPreview } from './draft-preview.tsx';
import { LaunchPanel } from './launch-panel.tsx';
import { MessageSection } from './message-section.tsx';
import { NumbersSection } from './numbers-section.tsx';
import { ScheduleSection } from './schedule-section.tsx';
import { useDraft } from './use-draft.ts';

const DraftConflict = lazy(() => import('./draft-conflict.tsx'));
const LaunchDialog = lazy(() => import('./launch-dialog.tsx'));

const NAME_LENGTH_MAX = 200;
const DEBOUNCE_MS = 150;

/** An owner’s reason was about the policy that is saved. */
function askedOf(consent: Campaign['consent'], campaign: Campaign): AskedConsent {
  const input = consentInput(consent);
  const waived = campaign.consentWaiver !== null && consent?.policy === campaign.consent?.policy;
  return input === undefined ? { waived: false } : { consent: input, waived };
}

/** The builder: everything about a draft on one page, saved as it is typed. */
export function DraftPage({ campaign }: { readonly campaign: Campaign }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const readOnly = !mayAct(me.user.role, 'manager');
  const draft = useDraft(campaign);
  const { fields, change } = draft;
  const launchDialog = useLazyDialog();
  const [personIndex, setPersonIndex] = useState(0);
  const [activeKey, setActiveKey] = useState<string>();
  const [previews, setPreviews] = useState<Readonly<Record<string, TextPreview>>>({});

  const [rule] = useDebouncedValue(JSON.stringify(plainRule(fields.audience)), DEBOUNCE_MS);
  const audience = useQuery(audiencePreviewQuery(JSON.parse(rule), askedOf(fields.consent, campaign)));
  const review = useQuery(reviewQuery(campaign.id, draft.revision));
  const lanes = useQuery(accountsQuery).data?.data.flatMap((account) => account.lanes) ?? [];
  useLive('contacts', [['audience-preview'], campaignKeys.review(campaign.id, draft.revision)]);
  useLive('status', [operationKeys.accounts]);
  useLive(`campaign:${campaign.id}`, [campaignKeys.one(campaign.id)]);

  const fresh = draft.isSaved && !review.isPlaceholderData && !review.isFetching;
  const problems = (review.isPlaceholderData ? undefined : review.data?.problems) ?? [];
  const warnings = review.data === undefined ? [] : [...review.data.toAcknowledge, ...review.data.warnings];
  const people = (fields.audience === null ? undefined : audience.data?.sample) ?? [];
  const shownPerson = Math.min(personIndex, Math.max(0, people.length - 1));
  const active = fields.variants.find((variant) => variant.key === activeKey) ?? fields.variants[0];
  const from = lanes.find((lane) => fields.laneIds.includes(lane.id))?.phone;
  const openLaunch = (): void => {
    draft.flush();
    void review.refetch();
    launchDialog.open();
  };

  return (
    <Page>
      <PageHeader
        title={fields.name.trim() === '' ? 'Draft without a name' : fields.name}
        beside={
          <>
            <StateBadge state="draft" />
            {readOnly ? null : <SaveIndicator state={draft.saveState} />}
            {draft.retry === undefined || draft.conflict !== null ? null : (
              <Anchor component="button" type="button" size="xs" onClick={draft.retry}>
                Try again
              </Anchor>
            )}
          </>
        }
        actions={readOnly ? undefined : <DraftControls campaign={campaign} />}
      />
      {draft.conflict === null ? null : (
        <Suspense fallback={null}>
          <DraftConflict draft={draft} conflict={draft.conflict} />
        </Suspense>
      )}
      <div className={classes.columns}>
        <div className={classes.form}>
          <TextInput
            label="Name"
            description="Only your team sees it"
            maxLength={NAME_LENGTH_MAX}
            readOnly={readOnly}
            value={fields.name}
            error={fields.name.trim() === '' ? 'Give the campaign a name' : fieldProblem(draft.problem, '/name')}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <AudienceSection
            rule={fields.audience}
            onChange={(next) => change({ audience: plainRule(next) })}
            audience={audience}
            problems={problems}
            readOnly={readOnly}
            consent={
              <ConsentChoice
                campaign={campaign}
                value={fields.consent}
                onChange={(consent) => change({ consent })}
                review={fresh ? review.data : undefined}
                readOnly={readOnly}
                isOwner={mayAct(me.user.role, 'owner')}
              />
            }
          />
          <MessageSection
            variants={fields.variants}
            onChange={(variants) => change({ variants })}
            personId={people[shownPerson]?.id}
            onPreview={(key, preview) => setPreviews((before) => ({ ...before, [key]: preview }))}
            onActive={setActiveKey}
            problems={problems}
            warnings={warnings}
            readOnly={readOnly}
          />
          <NumbersSection
            chosen={fields.laneIds}
            onChange={(laneIds) => change({ laneIds })}
            problems={problems}
            warnings={warnings}
            readOnly={readOnly}
          />
          <ScheduleSection
            value={fields}
            onChange={change}
            problems={problems}
            warnings={warnings}
            problem={draft.problem}
            readOnly={readOnly}
          />
        </div>
        <aside className={classes.side} aria-label="Preview and forecast">
          <DraftPreview
            variants={fields.variants}
            activeKey={active?.key}
            onActive={setActiveKey}
            preview={active === undefined ? undefined : previews[active.key]}
            people={people}
            personIndex={shownPerson}
            onPerson={setPersonIndex}
            from={from}
            parts={review.data?.parts}
          />
          {review.error === null ? null : (
            <ErrorState
              compact
              error={review.error}
              what="The forecast could not be made"
              onRetry={() => void review.refetch()}
            />
          )}
          {review.data === undefined && review.error !== null ? null : (
            <LaunchPanel review={review.data} stale={!fresh} onLaunch={readOnly ? undefined : openLaunch} />
          )}
        </aside>
      </div>
      {readOnly || review.data === undefined ? null : (
        <div className={classes.thumbBar}>
          <span data-tabular>
            <b>{plural(review.data.audience.textable, 'person', 'people')}</b>
            {review.data.costCents === 0 ? '' : ` · about ${formatMoney(review.data.costCents)}`}
          </span>
          <Button size="md" disabled={problems.length > 0} onClick={openLaunch}>
            Review and launch
          </Button>
        </div>
      )}
      <Suspense fallback={null}>
        {launchDialog.wanted ? (
          <LaunchDialog
            campaign={campaign}
            draft={draft}
            review={fresh ? review.data : undefined}
            previews={previews}
            opened={launchDialog.opened}
            onClose={launchDialog.close}
          />
        ) : null}
      </Suspense>
    </Page>
  );
}
