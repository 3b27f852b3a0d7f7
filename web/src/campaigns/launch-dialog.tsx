import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type Campaign,
  campaignKeys,
  campaignQuery,
  type LaunchOrder,
  launchCampaign,
  type Review,
} from '../api/campaigns.ts';
import { operationKeys } from '../api/operations.ts';
import { isProblem } from '../api/problem.ts';
import { useProductClock } from '../api/product-clock.ts';
import type { TextPreview } from '../api/templates.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { Fact, Facts } from '../patterns/details.tsx';
import { formatCount, formatMoney, formatPhone, formatRate, formatWhen, plural } from '../patterns/format.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { isReason, ReasonInput } from '../patterns/reason-input.tsx';
import { audienceWords } from './audience-words.ts';
import classes from './builder.module.css';
import type { BuilderField } from './builder-section.tsx';
import { startSentence } from './launch-panel.tsx';
import { leftOutCount, reasonsInShort } from './left-out.tsx';
import { paceWords, pointlessWords } from './sending-form.ts';
import type { Draft } from './use-draft.ts';

interface LaunchDialogProps {
  readonly campaign: Campaign;
  readonly draft: Draft;
  /** Of exactly what would be launched; undefined while it is being worked out. */
  readonly review: Review | undefined;
  /** The texts as the sample person gets them, by variant. */
  readonly previews: Readonly<Record<string, TextPreview>>;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The last look before texting: who, what, from where, when, for how much. Fetched when it is first opened. */
export default function LaunchDialog({ campaign, draft, review, previews, opened, onClose }: LaunchDialogProps) {
  const queryClient = useQueryClient();
  const [reason, setReason] = useState('');
  const launch = useAction({
    run: (order: LaunchOrder, key) => launchCampaign(campaign.id, order, key),
    touches: [campaignKeys.list({}), operationKeys.status, operationKeys.home],
    onDone: (launched) => {
      onClose();
      queryClient.setQueryData(campaignKeys.one(campaign.id), launched);
    },
    onProblem: (error) => {
      if (isProblem(error, 409)) void queryClient.fetchQuery({ ...campaignQuery(campaign.id), staleTime: 0 });
    },
  });
  const close = (): void => {
    launch.reset();
    onClose();
  };
  const name = draft.fields.name.trim();
  const asksReason = review !== undefined && review.toAcknowledge.length > 0;
  const people = review === undefined ? '' : ` ${plural(review.audience.textable, 'person', 'people')}`;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={close}
      title={review === undefined ? 'Text these people?' : `Text${people}?`}
      confirmLabel={`Text${people}`}
      busy={launch.isPending || review === undefined}
      disabled={asksReason && !isReason(reason)}
      error={launch.error}
      {...(review?.nameToConfirm ? { typeToConfirm: name } : {})}
      onConfirm={() =>
        launch.mutate({
          revision: draft.revision,
          confirmName: name,
          ...(asksReason ? { acknowledgement: reason.trim() } : {}),
        })
      }
    >
      {/* The focus goes to what is to be read, not to the button: a second Enter must not launch. */}
      <div tabIndex={-1} data-autofocus className={classes.reading}>
        {review === undefined ? (
          <LoadingSkeleton shape="lines" count={6} />
        ) : (
          <LaunchFacts review={review} fields={draft.fields} previews={previews} />
        )}
      </div>
      {asksReason ? (
        <ReasonInput
          label="Why it may go out like this"
          description="People who get their first text are not told all that it must say. Your name and the reason are kept in the report of the campaign and in the audit log."
          value={reason}
          onChange={setReason}
        />
      ) : null}
    </ConfirmDialog>
  );
}

interface LaunchFactsProps extends Pick<LaunchDialogProps, 'previews'> {
  readonly review: Review;
  readonly fields: Draft['fields'];
}

function LaunchFacts({ review, fields, previews }: LaunchFactsProps) {
  const clock = useProductClock(60_000);
  const { audience, lanes, forecast, parts, costCents } = review;
  const warnings = [...review.toAcknowledge, ...review.warnings];
  const { variants } = fields;
  const weights = variants.reduce((sum, variant) => sum + variant.weight, 0);
  const leftOut = leftOutCount(audience);
  return (
    <Facts labels="short">
      <Fact label="People">
        {plural(audience.textable, 'person', 'people')}
        <small>Of {audienceWords(fields.audience)}</small>
        {leftOut === 0 ? null : (
          <small>
            {formatCount(leftOut)} of {formatCount(audience.matched)} left out: {reasonsInShort(audience.excluded)}
          </small>
        )}
      </Fact>
      <Fact label="Message">
        <ul>
          {variants.map(({ key, label, weight, body }) => (
            <li key={key}>
              {variants.length === 1 ? null : `${label}, ${formatRate(weight, weights)} of them`}
              <span className={classes.quote} dir="auto">
                {previews[key]?.text ?? body}
              </span>
            </li>
          ))}
        </ul>
        <Warned of="message" warnings={warnings} />
      </Fact>
      <Fact label="From">
        <ul>
          {lanes.map((lane) => (
            <li key={lane.id}>
              {lane.name} {formatPhone(lane.phone)}
              <small data-tabular>
                {formatCount(lane.leftToday)} of {formatCount(lane.dailyCap)} left today
              </small>
            </li>
          ))}
        </ul>
        <Warned of="lanes" warnings={warnings} />
      </Fact>
      <Fact label="When">{startSentence(review, clock)}</Fact>
      <Fact label="Pace">
        {sentence(paceWords(fields.pace, clock))}
        {fields.pointless === null ? null : <small>Pointless {pointlessWords(fields.pointless, clock)}</small>}
        <Warned of="schedule" warnings={warnings} />
      </Fact>
      <Fact label="Done">
        {forecast.finishAt === null ? 'Cannot be said' : `About ${formatWhen(forecast.finishAt, clock)}`}
        {forecast.noFinish === null ? null : <small>{forecast.noFinish.sentence}</small>}
      </Fact>
      <Fact label="Cost">
        About {formatMoney(costCents)}
        <small>{plural(parts.total, 'part', 'parts')}</small>
      </Fact>
    </Facts>
  );
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

function Warned({ of, warnings }: { readonly of: BuilderField; readonly warnings: Review['warnings'] }) {
  return warnings
    .filter((warning) => warning.field === of)
    .map(({ message }) => (
      <small key={message} style={{ color: 'var(--tone-amber-text)' }}>
        {message}.
      </small>
    ));
}
