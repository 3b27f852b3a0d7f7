import {
  type Icon,
  IconAlertTriangle,
  IconChevronRight,
  IconDeviceMobileOff,
  IconDropletDown,
  IconHandStop,
  IconHourglassHigh,
  IconPlayerPause,
  IconPlugOff,
  IconPlugX,
  IconQuestionMark,
} from '@tabler/icons-react';
import type { Home } from '../api/operations.ts';
import { AddressLink } from '../patterns/address-link.tsx';
import { Section } from '../patterns/page.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE, type Tone } from '../theme.ts';
import classes from './attention-list.module.css';
import { ResumeSending } from './resume-sending.tsx';

type Attention = Home['attention'][number];

const LOOKS: Readonly<Record<string, readonly [tone: Tone, icon: Icon]>> = {
  sending_paused: ['amber', IconPlayerPause],
  account_paused: ['red', IconPlayerPause],
  lane_paused: ['amber', IconPlayerPause],
  lane_drained: ['blue', IconDropletDown],
  breaker_open: ['red', IconPlugX],
  throttled: ['amber', IconHourglassHigh],
  answers_held: ['amber', IconPlugOff],
  campaign_without_number: ['red', IconDeviceMobileOff],
  campaign_paused: ['amber', IconPlayerPause],
  webhook_missing: ['red', IconPlugX],
  review: ['amber', IconHandStop],
  unknown_outcome: ['amber', IconQuestionMark],
};

/** What needs a person, the most urgent first. */
export function AttentionList({
  items,
  mayResume,
}: {
  readonly items: readonly Attention[];
  readonly mayResume: boolean;
}) {
  if (items.length === 0) return null;
  return (
    <Section title="Needs you">
      <ul className={classes.list}>
        {items.map((item) => (
          <li key={`${item.kind} ${item.sentence}`}>
            <Item item={item} mayResume={mayResume} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Item({ item, mayResume }: { readonly item: Attention; readonly mayResume: boolean }) {
  const [tone, ItemIcon] = LOOKS[item.kind] ?? ['red', IconAlertTriangle];
  const icon = <ItemIcon size={20} stroke={ICON_STROKE} aria-hidden className={classes.icon} />;
  if (item.kind === 'sending_paused')
    return (
      <div className={classes.item} style={toneStyle(tone)}>
        {icon}
        <span className={classes.sentence}>{item.sentence}</span>
        {mayResume ? <ResumeSending /> : null}
      </div>
    );
  return (
    <AddressLink address={item.link} className={classes.item}>
      <span style={toneStyle(tone)} className={classes.iconBox}>
        {icon}
      </span>
      <span className={classes.sentence}>{item.sentence}</span>
      <IconChevronRight size={16} stroke={ICON_STROKE} aria-hidden className={classes.go} />
    </AddressLink>
  );
}
