import type { Alert, AlertNotice } from '../api/alerts.ts';

export const CHANNEL_WORDS: Readonly<Record<AlertNotice['channel'], string>> = { mail: 'mail', pagerduty: 'PagerDuty' };

export interface NoticeWords {
  readonly text: string;
  /** Somebody who was to be told was not. */
  readonly wrong: boolean;
}

/** A summary may be the words of a gateway, or sentences of ours with their ends. */
export const sentence = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`);

/** Who was told that it began, one entry per channel: "Told by mail". The newest opening counts when it came back. */
export function openingWords({ notices }: Pick<Alert, 'notices'>): readonly NoticeWords[] {
  const newest = new Map(
    notices.filter(({ event }) => event === 'trigger').map((notice) => [notice.channel, notice] as const),
  );
  if (newest.size === 0) return [{ text: 'Nobody was told', wrong: false }];
  return [...newest.values()].map(wordsOf);
}

function wordsOf({ channel, state, attempts, error }: AlertNotice): NoticeWords {
  const by = CHANNEL_WORDS[channel];
  const said = error === null ? '' : `: ${error}`;
  switch (state) {
    case 'sent':
      return { text: `Told by ${by}${error === null ? '' : `, but ${error}`}`, wrong: error !== null };
    case 'failed':
      return { text: `Not told by ${by}${said}`, wrong: true };
    case 'cancelled':
      return { text: `Over before ${by} was due`, wrong: false };
    case 'waiting':
    case 'sending':
      return attempts > 0 && error !== null
        ? { text: `Not told by ${by} yet, it is tried again${said}`, wrong: true }
        : { text: `To be told by ${by}`, wrong: false };
    default:
      return state satisfies never;
  }
}
