import type { Diff } from './run.ts';

/** One finding in a sentence without its names and times: these stand beside it. */
export function sayFinding({ kind, what, here, there }: Pick<Diff, 'kind' | 'what' | 'here' | 'there'>): string {
  switch (kind) {
    case 'missing_here':
      return `${MISSING[what] ?? 'Missing here'}, now stored`;
    case 'stale_here':
      if (here === 'failed' && what === 'delivered')
        return 'Here it had failed, at the gateway it was delivered: now delivered';
      return STALE[what] ?? 'Stale here, now brought up to date';
    case 'missing_there':
      return `We believe that this text was ${here ?? 'sent'}; the gateway has no record of it. Nothing was changed`;
    case 'differs':
      return what === 'own_words'
        ? 'A text in the words of a campaign that this database did not send. It is left to the check for a second copy. Nothing was changed'
        : `Here it is ${here}, at the gateway ${there}. Nothing was changed`;
    case 'unreadable':
      return `${UNREADABLE[what] ?? 'An entry'} of the gateway’s books cannot be read (${there ?? 'malformed'}). It was left out; everything else was compared`;
    default:
      return kind satisfies never;
  }
}

const MISSING: Readonly<Record<string, string>> = {
  received: 'Missing here: a text from this person',
  sent: 'Missing here: a text that was sent from elsewhere',
  call: 'Missing here: a call',
};

const UNREADABLE: Readonly<Record<string, string>> = {
  text: 'A text',
  call: 'A call',
  conversation: 'A conversation',
  recording: 'The recording of a call',
  summary: 'The summary of a call',
  transcript: 'The transcript of a call',
  voicemail: 'The voicemail of a call',
};

const STALE: Readonly<Record<string, string>> = {
  delivered: 'No receipt had come: delivered, now known',
  undelivered: 'No receipt had come: not delivered, now known',
  failed: 'No receipt had come: failed, now known',
  media: 'The pictures of a text had not come, now stored',
  call: 'The end of a call had not come, now stored',
  caller: 'With whom a call was had not come, now stored',
  recording: 'The recording of a call had not come, now stored',
  summary: 'The summary of a call had not come, now stored',
  transcript: 'The transcript of a call had not come, now stored',
  voicemail: 'The voicemail of a call had not come, now stored',
};
