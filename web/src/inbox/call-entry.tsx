import { Anchor, Button, Loader, Tooltip } from '@mantine/core';
import {
  IconChevronDown,
  IconExternalLink,
  IconPhone,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPhoneOutgoing,
  IconRecordMail,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { clockTime } from '../../../src/calls/call-words.ts';
import { callQuery } from '../api/calls.ts';
import type { ThreadCall } from '../api/inbox.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './call-entry.module.css';
import { asksForAnswer } from './thread-entries.ts';

interface CallEntryProps {
  readonly call: ThreadCall;
  readonly who: string;
}

/** A call in its place among the texts: what became of it, what was said, what to do next. */
export function CallEntry({ call, who }: CallEntryProps) {
  const asks = asksForAnswer(call);
  const outgoing = call.direction === 'outbound';
  const CallIcon = iconOf(call);
  return (
    <article
      className={classes.call}
      data-kind={outgoing ? 'out' : 'in'}
      style={toneStyle(asks ? 'amber' : 'grey')}
      aria-label={`${call.title}, ${outgoing ? 'from us' : who}`}
    >
      <div className={classes.card}>
        <p className={classes.head} data-asks={asks || undefined}>
          <CallIcon size={16} stroke={ICON_STROKE} aria-hidden />
          <span data-tabular>{call.title}</span>
        </p>
        <Said call={call} />
        <Links call={call} />
        {(call.transcript?.lineCount ?? 0) > 0 ? <Transcript call={call} who={who} /> : null}
      </div>
      <div className={classes.meta}>
        <span>{outgoing ? 'Outgoing' : 'Incoming'}</span>
        <TimeText at={call.at} look="time" />
      </div>
    </article>
  );
}

function iconOf(call: ThreadCall) {
  if (call.voicemail !== null && call.direction !== 'outbound') return IconRecordMail;
  if (call.state === 'missed' || call.state === 'unanswered') return IconPhoneOff;
  if (call.direction === null) return IconPhone;
  return call.direction === 'outbound' ? IconPhoneOutgoing : IconPhoneIncoming;
}

/** The words of the voicemail, the summary and what follows from it. */
function Said({ call: { voicemail, summary } }: Pick<CallEntryProps, 'call'>) {
  const points = summary?.summary ?? [];
  const next = summary?.nextSteps ?? [];
  return (
    <>
      {voicemail?.transcript ? (
        <p className={classes.said} dir="auto">
          “{voicemail.transcript}”
        </p>
      ) : null}
      {points.map((text) => (
        <p key={text} className={classes.said} dir="auto">
          {text}
        </p>
      ))}
      {summary?.status === 'in_progress' && points.length === 0 ? (
        <p className={classes.pending}>The summary is being made.</p>
      ) : null}
      {next.length === 0 ? null : (
        <div className={classes.next}>
          <p>Next steps</p>
          <ul>
            {next.map((text) => (
              <li key={text} dir="auto">
                {text}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

/** Audio stays with the provider, whose addresses are good for a while only. */
function Links({ call: { voicemail, recordings } }: Pick<CallEntryProps, 'call'>) {
  const audible = recordings.flatMap(({ url, durationSeconds }) => (url === null ? [] : [{ url, durationSeconds }]));
  if (!voicemail?.url && audible.length === 0) return null;
  return (
    <p className={classes.links}>
      {voicemail?.url ? <AudioLink url={voicemail.url}>Open voicemail</AudioLink> : null}
      {audible.map(({ url, durationSeconds }, index) => (
        <AudioLink key={url} url={url}>
          Open recording{audible.length > 1 ? ` ${index + 1}` : ''}
          {durationSeconds === null ? '' : ` (${clockTime(durationSeconds)})`}
        </AudioLink>
      ))}
    </p>
  );
}

const AudioLink = ({ url, children }: { readonly url: string; readonly children: ReactNode }) => (
  <Tooltip label="Opens at the provider, in a new tab. The address is good for a while only.">
    <Anchor href={url} target="_blank" rel="noopener noreferrer" inherit underline="always" className={classes.link}>
      {children}
      <IconExternalLink size={14} stroke={ICON_STROKE} aria-hidden />
    </Anchor>
  </Tooltip>
);

/** The lines are fetched when somebody wants to read them. */
function Transcript({ call, who }: CallEntryProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        className={classes.toggle}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        rightSection={<IconChevronDown size={14} stroke={ICON_STROKE} aria-hidden data-open={open || undefined} />}
        onClick={() => setOpen(!open)}
      >
        {open ? 'Hide transcript' : 'Transcript'}
      </Button>
      {open ? (
        <div id={id}>
          <Lines call={call} who={who} />
        </div>
      ) : null}
    </div>
  );
}

function Lines({ call, who }: CallEntryProps) {
  const { data, error, refetch } = useQuery(callQuery(call.id));
  if (error !== null && data === undefined)
    return (
      <ErrorState compact error={error} what="The transcript could not be loaded" onRetry={() => void refetch()} />
    );
  if (data === undefined) return <Loader size="xs" color="gray" aria-label="The transcript is being loaded" />;
  return (
    <dl className={classes.lines}>
      {data.lines.map((line) => (
        <div key={`${line.startSeconds} ${line.speaker} ${line.text}`}>
          <dt>
            {line.speaker === call.phone ? who : 'Us'} <span data-tabular>{clockTime(line.startSeconds)}</span>
          </dt>
          <dd dir="auto">{line.text}</dd>
        </div>
      ))}
    </dl>
  );
}
