import { Anchor } from '@mantine/core';
import {
  type Icon,
  IconArrowDownLeft,
  IconArrowUpRight,
  IconFileImport,
  IconHistory,
  IconMinus,
  IconOctagonMinusFilled,
  IconPhone,
  IconPhoneOff,
  IconUserCheck,
  IconUserPlus,
} from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { contactTimelineQuery, type TimelineEntry } from '../api/contacts.ts';
import { rowsOf } from '../api/pages.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { MoreButton } from '../patterns/more-button.tsx';
import { Section } from '../patterns/page.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE, type Tone } from '../theme.ts';
import classes from './contact-timeline.module.css';

const LOOKS: Readonly<Record<TimelineEntry['kind'], readonly [Icon, Tone]>> = {
  text_out: [IconArrowUpRight, 'teal'],
  text_in: [IconArrowDownLeft, 'violet'],
  call: [IconPhone, 'teal'],
  missed_call: [IconPhoneOff, 'amber'],
  opt_out: [IconOctagonMinusFilled, 'dark'],
  opt_in: [IconUserCheck, 'green'],
  skipped: [IconMinus, 'grey'],
  import: [IconFileImport, 'grey'],
  created: [IconUserPlus, 'grey'],
  audit: [IconHistory, 'grey'],
};

/** Everything that happened with a person, newest first; also why a campaign left them out. */
export function ContactTimeline({ contactId }: { readonly contactId: string }) {
  const query = useInfiniteQuery(contactTimelineQuery(contactId));
  return (
    <Section title="What happened">
      <Loaded
        query={query}
        what="The timeline could not be loaded"
        skeleton={<LoadingSkeleton shape="lines" count={6} />}
      >
        {(data) => (
          <>
            <ol className={classes.timeline}>
              {withoutRepeats(rowsOf(data)).map((entry) => (
                <Entry key={`${entry.at} ${entry.kind} ${entry.otherNumber} ${entry.title}`} entry={entry} />
              ))}
            </ol>
            <MoreButton list={query}>Show what happened before</MoreButton>
          </>
        )}
      </Loaded>
    </Section>
  );
}

/** An opt-out by text carries the words of the text that stands right under it. */
const withoutRepeats = (entries: readonly TimelineEntry[]): readonly TimelineEntry[] =>
  entries.map((entry, index) => {
    const before = entries[index + 1];
    const repeats = entry.kind !== 'text_in' && before?.kind === 'text_in' && before.text === entry.text;
    return repeats ? { ...entry, text: null } : entry;
  });

function Entry({ entry }: { readonly entry: TimelineEntry }) {
  const [EntryIcon, tone] = LOOKS[entry.kind];
  return (
    <li className={classes.entry} data-kind={entry.kind} style={toneStyle(tone)}>
      <span className={classes.icon}>
        <EntryIcon size={14} stroke={ICON_STROKE + 0.25} aria-hidden />
      </span>
      <div className={classes.told}>
        <p className={classes.title}>
          <Title entry={entry} />
        </p>
        {entry.text === null ? null : (
          <p className={classes.text} dir="auto">
            {entry.text}
          </p>
        )}
        <p className={classes.foot}>
          <TimeText at={entry.at} look="when" />
          {entry.otherNumber === null ? null : <PhoneNumber phone={entry.otherNumber} />}
          {entry.state === null ? null : <StateBadge state={entry.state} look="plain" />}
        </p>
      </div>
    </li>
  );
}

/** The campaign named in the sentence leads to it; from someone left out, to all who were. */
function Title({ entry: { title, campaign, kind } }: { readonly entry: TimelineEntry }) {
  const at = campaign === null ? -1 : title.indexOf(campaign.name);
  if (campaign === null || at < 0) return title;
  return (
    <>
      {title.slice(0, at)}
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => (
          <Link
            {...props}
            to="/campaigns/$campaignId"
            params={{ campaignId: campaign.id }}
            search={kind === 'skipped' ? { state: 'skipped' } : {}}
          />
        )}
      >
        {campaign.name}
      </Anchor>
      {title.slice(at + campaign.name.length)}
    </>
  );
}
