import type { InboundClassification } from './opt-out.ts';

/** Why a reply was understood as it was, in a sentence for people; and what follows from it. */

type Family = NonNullable<InboundClassification['family']>;

const FAMILY_SAYS: Readonly<Record<Family, string>> = {
  cease: 'asks that texts or calls stop',
  removal: 'asks to be taken off a list, or blocks us',
  negative_imperative: 'tells us not to text, call or write',
  refusal: 'says that our messages are not wanted',
  wrong_person: 'says that the number is not, or no longer, that of the person meant',
  number_removal: 'asks that the number be deleted',
  legal: 'speaks of a complaint, a lawyer or the law',
  hostile: 'sends us away',
  revocation: 'takes consent back, or says that none was given',
  bereavement: 'says that somebody has died',
  question_about_keyword: 'is a keyword asked as a question',
  misspelled_keyword: 'may be a keyword that has lost a letter',
  joking: 'holds a word for stopping in a joke',
  bare_refusal: 'refuses something without saying what: the offer or the texts',
  situation_changed: 'says that the offer no longer fits: sold, moved, done by somebody else',
  identity_question: 'asks who we are, or why we write',
  complaint: 'complains of our texts without asking for an end',
  unclear_request: 'puts our texts beside a refusal that no rule understands for certain',
  unclear_cancellation: 'cancels without saying what: the job or the texts',
  channel_preference: 'wants to be reached otherwise than by text',
  mistaken_keyword: 'says that a keyword was sent by mistake',
  hostile_symbol: 'is an angry sign without words',
  pasted_footer: 'is our own instruction for opting out and nothing else',
  request: 'asks for this in free words',
  resemblance: 'is worded like replies that ask to stop, though no rule finds a request',
};

/** The same of a reply that was kept with what was recognised in it. */
export function whyKept({ matched, family, likelihood }: KeptFinding): string {
  const says = Object.entries(FAMILY_SAYS).find(([name]) => name === family)?.[1] ?? 'may ask that texts stop';
  return `${matched === null ? 'It' : `"${matched}"`} ${says}${likelihoodWords(family, likelihood)}`;
}

interface KeptFinding {
  readonly matched: string | null;
  readonly family: string;
  readonly likelihood: number | null;
}

/** What the net below the rules adds: it asks where no rule found anything, and doubts what one found. */
function likelihoodWords(family: string, likelihood: number | null): string {
  if (likelihood === null) return '';
  const percent = `(likelihood ${Math.round(100 * likelihood)} %)`;
  return family === 'resemblance'
    ? ` ${percent}`
    : `, but the reply as a whole is not worded like those that ask to stop ${percent}`;
}

export type InboundAction = 'suppress' | 'ask_a_person' | 'opt_in' | 'show_to_staff' | 'send_help' | 'none';

const ACTIONS: Readonly<Record<InboundClassification['outcome'], InboundAction>> = {
  opt_out: 'suppress',
  review: 'ask_a_person',
  opt_in: 'opt_in',
  opt_in_wish: 'show_to_staff',
  help: 'send_help',
  none: 'none',
};

export const actionOf = ({ outcome }: InboundClassification): InboundAction => ACTIONS[outcome];

export function whyOf({ matched, family, likelihood, normalised }: InboundClassification): string {
  if (matched === null)
    return normalised === ''
      ? 'nothing is left without reactions, quotes, signatures and our own words'
      : 'no rule finds a request in it';
  if (family === undefined) return `the whole message is the keyword "${matched}"`;
  return `"${matched}" ${FAMILY_SAYS[family]}${likelihoodWords(family, likelihood ?? null)}`;
}
