import { Button } from '@mantine/core';
import {
  type Icon,
  IconCircleCheck,
  IconClock,
  IconHourglassOff,
  IconOctagonMinusFilled,
  IconQuestionMark,
} from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { type ConsentEvent, type ContactConsents, consentsQuery } from '../api/consents.ts';
import type { Contact } from '../api/contacts.ts';
import { rowsOf } from '../api/pages.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Section } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE, type Tone } from '../theme.ts';
import classes from './contact-consent.module.css';
import { attributeLabel } from './contact-words.ts';

const ConsentDialog = lazy(() => import('./consent-dialog.tsx'));

type Standing = ContactConsents['standings'][number];
const LOOKS: Readonly<Record<Standing['state'], readonly [Icon, Tone]>> = {
  unknown: [IconQuestionMark, 'grey'],
  imported_unverified: [IconQuestionMark, 'amber'],
  express: [IconCircleCheck, 'teal'],
  pending: [IconClock, 'amber'],
  written: [IconCircleCheck, 'green'],
  opted_out: [IconOctagonMinusFilled, 'dark'],
  expired: [IconHourglassOff, 'amber'],
};

/** What a person has permitted: what holds now, and every event with its proof, newest first. */
export function ContactConsent({ contact, mayChange }: { readonly contact: Contact; readonly mayChange: boolean }) {
  const query = useInfiniteQuery(consentsQuery(contact.id));
  const dialog = useLazyDialog();
  return (
    <Section
      title="Consent"
      actions={
        mayChange ? (
          <Button size="xs" variant="default" onClick={dialog.open}>
            Record consent
          </Button>
        ) : undefined
      }
    >
      <Loaded
        query={query}
        what="The consents could not be loaded"
        skeleton={<LoadingSkeleton shape="lines" count={2} />}
      >
        {(data) => (
          <>
            <Standings standings={data.pages[0]?.standings ?? []} />
            <ol className={classes.events} aria-label="What was recorded">
              {rowsOf(data).map((event) => (
                <Event key={event.id} event={event} />
              ))}
            </ol>
            {query.hasNextPage ? (
              <Button
                size="xs"
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                Show earlier ones
              </Button>
            ) : null}
          </>
        )}
      </Loaded>
      <Suspense fallback={null}>
        {dialog.wanted ? <ConsentDialog contact={contact} opened={dialog.opened} onClose={dialog.close} /> : null}
      </Suspense>
    </Section>
  );
}

function Standings({ standings }: { readonly standings: readonly Standing[] }) {
  const known = standings.filter(({ state }) => state !== 'unknown');
  if (known.length === 0)
    return (
      <p className={classes.nothing}>
        No consent is recorded. Campaigns leave out whoever has not agreed, unless an owner gives a reason; what this
        person agreed to counts only if it can be shown.
      </p>
    );
  return (
    <ul className={classes.standings}>
      {known.map(({ purpose, state, sentence, validUntil, confirmUntil }) => {
        const [StateIcon, tone] = LOOKS[state];
        const until = validUntil ?? confirmUntil;
        return (
          <li key={purpose} style={toneStyle(tone)}>
            <StateIcon size={16} stroke={ICON_STROKE} aria-hidden />
            <p>
              <b>{attributeLabel(purpose)}</b>: {sentence}
              {until === null ? null : (
                <>
                  , until <TimeText at={until} look="when" />
                </>
              )}
            </p>
          </li>
        );
      })}
    </ul>
  );
}

function Event({ event }: { readonly event: ConsentEvent }) {
  const { sentence, occurredAt, recordedAt, recordedBy, wording, evidence, seller } = event;
  return (
    <li>
      <details>
        <summary>
          {sentence}
          <small>
            <TimeText at={occurredAt} look="when" />
          </small>
        </summary>
        {wording === null ? null : (
          <blockquote className={classes.wording} dir="auto" lang={event.language ?? undefined}>
            {wording}
          </blockquote>
        )}
        <dl className={classes.proof}>
          {Object.entries(evidence).map(([field, value]) => (
            <Fact key={field} label={fieldLabel(field)} value={value} />
          ))}
          <dt>To</dt>
          <dd>{seller}</dd>
          <dt>Recorded</dt>
          <dd>
            by {recordedBy}, <TimeText at={recordedAt} look="when" />
          </dd>
        </dl>
      </details>
    </li>
  );
}

function Fact({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <bdi>{value}</bdi>
      </dd>
    </>
  );
}

/** "formUrl" as people read it. */
const fieldLabel = (field: string): string =>
  field === 'ip'
    ? 'IP address'
    : attributeLabel(field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace('url', 'address'));
