import type { Account } from '../api/operations.ts';

/** What a person has to know of each provider: its name, where its key is found, what it allows. */
interface Provider {
  readonly name: string;
  readonly intro: string;
  readonly url: string;
  readonly rateHint: string;
}

export const PROVIDERS: Readonly<Record<Account['kind'], Provider>> = {
  quo: {
    name: 'Quo',
    intro: 'For accounts at Quo (formerly OpenPhone).',
    url: 'https://api.openphone.com',
    rateHint: 'Quo takes 10 for each key. Stay below when another program uses the same key.',
  },
  twilio: {
    name: 'Twilio',
    intro:
      'For accounts at Twilio. All of its numbers are set to report texts and calls here, and no longer to where they report now.',
    url: 'https://api.twilio.com',
    rateHint: 'Twilio queues what is faster than a number may send. Limit the numbers, too, to what is registered.',
  },
};
