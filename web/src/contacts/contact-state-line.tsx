import { IconBan, IconCircleCheck, IconOctagonMinusFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type Contact, contactEligibilityQuery } from '../api/contacts.ts';
import { listWords, zoneCity } from '../patterns/format.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './contact-panel.module.css';

const icon = { size: 16, stroke: ICON_STROKE, 'aria-hidden': true } as const;

/** Whether this person may be texted, in words: since when not, why, and what could change it. */
export function ContactStateLine({ contact }: { readonly contact: Contact }) {
  const { suppressed, zones } = contact;
  const leftOut = useQuery(contactEligibilityQuery(contact.id)).data?.leftOut;
  if (suppressed !== null)
    return (
      <div className={classes.state} style={toneStyle('dark')}>
        <IconOctagonMinusFilled {...icon} />
        <p>
          <b>{suppressed.sentence}</b>, <TimeText at={suppressed.since} />, {suppressed.how}.{' '}
          {leftOut === null || leftOut === undefined || leftOut.remedy === '' ? null : `${leftOut.remedy}.`}
        </p>
      </div>
    );
  if (leftOut === undefined) return null;
  if (leftOut !== null)
    return (
      <div className={classes.state} style={toneStyle('amber')}>
        <IconBan {...icon} />
        <p>
          <b>Left out of campaigns</b>: {leftOut.sentence}. {leftOut.remedy === '' ? null : `${leftOut.remedy}.`}
        </p>
      </div>
    );
  return (
    <div className={classes.state} style={toneStyle('green')}>
      <IconCircleCheck {...icon} />
      <p>
        <b>May be texted</b>, in the allowed hours of {listWords(zones.map(zoneCity))}.
      </p>
    </div>
  );
}
