import { Button, Text } from '@mantine/core';
import {
  type Icon,
  IconAlertCircle,
  IconAlertOctagon,
  IconAlertTriangle,
  IconCircleCheck,
  IconInfoCircle,
} from '@tabler/icons-react';
import { type Alert, acknowledgeAlert, alertKeys } from '../api/alerts.ts';
import { useAction } from '../api/use-action.ts';
import { AddressLink } from '../patterns/address-link.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastProblem } from '../patterns/toast.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE, type Tone } from '../theme.ts';
import { openingWords, sentence } from './alert-words.ts';
import classes from './alerts.module.css';

const LOOKS: Readonly<Record<Alert['severity'], readonly [word: string, tone: Tone, icon: Icon]>> = {
  critical: ['Critical', 'red', IconAlertOctagon],
  error: ['Error', 'red', IconAlertCircle],
  warning: ['Warning', 'amber', IconAlertTriangle],
  info: ['Information', 'blue', IconInfoCircle],
};

/** One alert: what, since when, who was told, and who sees to it. */
export function AlertRow({ alert }: { readonly alert: Alert }) {
  const { headline, summary, link, resolvedAt } = alert;
  const [word, tone, SeverityIcon] = LOOKS[alert.severity];
  const over = resolvedAt !== null;
  const RowIcon = over ? IconCircleCheck : SeverityIcon;
  return (
    <li className={classes.row} data-over={over || undefined}>
      <span style={toneStyle(over ? 'grey' : tone)} className={classes.icon}>
        <RowIcon size={20} stroke={ICON_STROKE} aria-hidden />
      </span>
      <div className={classes.main}>
        <AddressLink address={link} className={classes.headline}>
          {headline}
        </AddressLink>
        {over ? null : <Text size="sm">{sentence(summary)}</Text>}
        <Text size="sm" c="dimmed" component="div" className={classes.facts}>
          <span>{word}</span>
          <Since alert={alert} />
          {openingWords(alert).map(({ text, wrong }) => (
            <span key={text} className={classes.told} data-wrong={wrong || undefined}>
              {text}
            </span>
          ))}
          <SeenTo alert={alert} />
        </Text>
      </div>
      {over || alert.acknowledgedAt !== null ? null : <Acknowledge alert={alert} />}
    </li>
  );
}

function Since({ alert: { openedAt, resolvedAt, openings } }: { readonly alert: Alert }) {
  const again = openings > 1 ? `, came back ${openings === 2 ? 'once' : `${openings - 1} times`}` : '';
  if (resolvedAt === null)
    return (
      <span>
        Since <TimeText at={openedAt} look="when" />
        {again}
      </span>
    );
  return (
    <span>
      <TimeText at={openedAt} look="when" /> to <TimeText at={resolvedAt} look="when" />
      {again}
    </span>
  );
}

const SeenTo = ({ alert: { acknowledgedBy, acknowledgedAt, resolvedAt } }: { readonly alert: Alert }) =>
  acknowledgedBy === null || acknowledgedAt === null ? null : (
    <span>
      {acknowledgedBy} {resolvedAt === null ? 'sees' : 'saw'} to it
    </span>
  );

function Acknowledge({ alert }: { readonly alert: Alert }) {
  const acknowledge = useAction({
    run: (id: string) => acknowledgeAlert(id),
    touches: [alertKeys.lists],
    onProblem: (error) => toastProblem('Not noted', error),
  });
  return (
    <Button
      variant="default"
      size="xs"
      className={classes.act}
      loading={acknowledge.isPending}
      aria-label={`I see to it: ${alert.headline}`}
      onClick={() => acknowledge.mutate(alert.id)}
    >
      I see to it
    </Button>
  );
}
