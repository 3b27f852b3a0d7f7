import type { ContactMerge } from '../api/contacts.ts';

type Told = Pick<ContactMerge, 'filled' | 'addedTags' | 'conversations' | 'texts' | 'calls' | 'waitingEnded'>;

/** What a merge does, each in a line; what does nothing is left out. */
export function mergeLines({ filled, addedTags, conversations, texts, calls, waitingEnded }: Told): readonly string[] {
  const history = [counted(conversations, 'conversation'), counted(texts, 'text'), counted(calls, 'call')].filter(
    (part) => part !== undefined,
  );
  return [
    filled.length === 0
      ? 'Nothing is filled in: all that is written here stays'
      : `Filled in: ${filled.map(spaced).join(', ')}`,
    ...(addedTags.length === 0 ? [] : [`Tags added: ${addedTags.join(', ')}`]),
    ...(history.length === 0 ? [] : [`Taken over: ${history.join(', ')}`]),
    ...(waitingEnded === 0
      ? []
      : [
          `${counted(waitingEnded, 'text')} of campaigns that still waited will not be sent, so that nobody is texted twice`,
        ]),
    'Consents and lists of do-not-call stay with each number',
    'An opt-out later on, at either number, holds at both; START brings back only the number that it is texted from',
  ];
}

const counted = (count: number, noun: string): string | undefined =>
  count === 0 ? undefined : `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;

/** "postalCode" as people say it. */
const spaced = (field: string): string =>
  field === 'email' ? 'e-mail' : field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
