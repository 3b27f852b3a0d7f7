import { type EligibilityCheck, ruleSentence } from '../compliance/eligibility.ts';
import { localTime } from '../platform/calendar.ts';
import { instant } from '../platform/time.ts';
import { SHORTENER_CODE } from './outgoing-text.ts';
import { normaliseFieldName, OPT_OUT_LINK_KEY } from './template.ts';

/** Why a text did not reach a person, in words for people: a sentence, and what can be done. `remedy` is empty when nothing can. */
export interface OutcomeSentence {
  readonly sentence: string;
  readonly remedy: string;
}

/**
 * Words for a failure code or a skip reason. A code may carry the value it is about behind a colon (`missing_field:roof_age`).
 * Codes of gateways and carriers that nobody here has met are named as they are.
 */
export function sentenceFor(code: string): OutcomeSentence {
  const [name = '', value] = splitCode(code);
  if (name === 'missing_field' && value !== undefined && normaliseFieldName(value) === OPT_OUT_LINK_KEY)
    return {
      sentence: 'The text holds an opt-out link, and it is not known under which address people reach this server',
      remedy: 'Start the server with TEXTWRIGHT_PUBLIC_URL, or take the link out of the text',
    };
  if (name === 'missing_field' && value !== undefined)
    return {
      sentence: `The text needs ${value}, which this contact does not have`,
      remedy: `Fill it in, or write a fallback such as {${value}|there}`,
    };
  if (name === SHORTENER_CODE && value !== undefined)
    return {
      sentence: `The text would have a link of the public shortener ${value}, which carriers block`,
      remedy: 'Put a link of your own domain into the field that it comes from',
    };
  const rule = ruleSentence(name);
  if (rule !== undefined) return { sentence: rule, remedy: RULE_REMEDIES.get(name) ?? '' };
  const known = SENTENCES.get(name);
  if (known !== undefined) return { sentence: known[0], remedy: known[1] };
  const http = /^http_(\d{3})$/.exec(name);
  if (http !== null)
    return {
      sentence: `The gateway refused the text (HTTP ${http[1]})`,
      remedy: 'Look at the account in Settings, and ask the provider when it persists',
    };
  if (CARRIER_CODE.test(name))
    return {
      sentence: `The carrier did not deliver the text (code ${name})`,
      remedy: 'Ask the provider what it means',
    };
  return {
    sentence: `The gateway refused the text (code ${name})`,
    remedy: 'Ask the provider what it means',
  };
}

/** What a rule says that keeps somebody out now; of one that ends by itself, until when. `zone`: times are told in it. */
export function ruleOutcome(
  { code, inputs }: Pick<EligibilityCheck, 'code' | 'inputs'>,
  zone: string,
): OutcomeSentence {
  const { sentence, remedy } = sentenceFor(code);
  const until = inputs['until'];
  if (typeof until !== 'string') return { sentence, remedy };
  return {
    sentence,
    remedy: `Campaigns leave the number alone until ${localTime(instant(until), zone)}; a later one can reach this person`,
  };
}

/** `sentenceFor` as one text. */
export function outcomeText(code: string): string {
  const { sentence, remedy } = sentenceFor(code);
  return remedy === '' ? sentence : `${sentence}. ${remedy}`;
}

/** What an attempt to hand a text over led to; null while it is under way. */
export const attemptSentence = (outcome: string | null): string =>
  outcome === null ? 'The gateway is being called' : (ATTEMPTS.get(outcome) ?? outcome);

const ATTEMPTS: ReadonlyMap<string, string> = new Map([
  ['accepted', 'The gateway took the text'],
  ['refused_recipient', 'The gateway refused this recipient'],
  ['refused_sender', 'The gateway refused the sender'],
  ['throttled', 'The gateway asked for time, or could not be reached; nothing was sent'],
  ['unknown', 'The answer of the gateway was lost'],
  ['settled_sent', 'The answer was lost; asked later, the gateway had the text'],
  ['settled_absent', 'The answer was lost; asked later, the gateway did not have the text'],
  ['not_called', 'The moment had passed before the gateway was called; nothing was sent'],
  ['said_sent', 'The answer was lost; a person recorded that the text was sent'],
  ['said_absent', 'The answer was lost; a person recorded that the text was not sent'],
]);
/**
 * What to do about a pause of a lane or an account before it is resumed: the engine keeps the gateway's own words with
 * its code at their end, `No credit left (0200402)`. Null when a person paused it, or when nothing is known of the code.
 */
export function remedyOfPause(reason: string | null): string | null {
  const code = /\(([^()\s]+)\)$/.exec(reason ?? '')?.[1];
  const remedy = code === undefined ? undefined : SENTENCES.get(code)?.[1];
  return remedy?.replace(/, then resume$/, '') ?? null;
}

const splitCode = (code: string): readonly [string, string?] => {
  const colon = code.indexOf(':');
  return colon < 0 ? [code] : [code.slice(0, colon), code.slice(colon + 1)];
};

const CARRIER_CODE = /^[2-6]\d{4}$/;

const STAYS_OUT = 'Only the person can change this, by texting START';
const OTHER_NUMBER = 'Ask for another number';
const NUMBER_POLICY = 'Ask for another number, or let such numbers be texted in Settings, Number validation';
const BLOCK_ENDS = 'Campaigns leave the number alone for 30 days after that; a later one can reach this person';
const OTHER_WORDS = 'Change the wording or leave out links; do not send the same text again';
const NOT_THEIR_FAULT = 'Try again in a later campaign';
const REGISTER = 'Finish the carrier registration with the provider, then resume';

/** What can be done about a rule of compliance/eligibility.ts, which has the sentence. */
const RULE_REMEDIES: ReadonlyMap<string, string> = new Map([
  ['opted_out', STAYS_OUT],
  ['wrong_number', OTHER_NUMBER],
  [
    'number_reassigned',
    'Ask whoever has the number now for consent and record it, or ask the database anew: a “no” lets the number through again',
  ],
  ['invalid_number', OTHER_NUMBER],
  ['blocked_lately', BLOCK_ENDS],
  ['toll_free', OTHER_NUMBER],
  ['outside_us', OTHER_NUMBER],
  ['number_not_valid', OTHER_NUMBER],
  ['number_landline', OTHER_NUMBER],
  ['number_voip', NUMBER_POLICY],
  ['number_toll_free', OTHER_NUMBER],
  ['number_unverified', 'Validate the number, or let unverified numbers be texted in Settings, Number validation'],
  ['do_not_call', 'Leave this number alone'],
  ['do_not_call_registry', 'Get written consent, or record the purchase or inquiry that makes this person exempt'],
  [
    'do_not_call_stale',
    'Upload the newest file of the registry under Compliance, Do-not-call lists: whoever waits for it is texted then, and a later campaign can reach whoever was left out',
  ],
  ['held_for_review', 'Read the reply and decide: it counts as an opt-out when nobody does'],
  ['consent_taken_back', 'Only the person can change this, by agreeing anew'],
  ['no_consent', 'Ask for the consent and record it with its proof; an owner can let people through with a reason'],
  ['no_zone', 'Fill in the state or the ZIP code, so that the allowed hours are known'],
]);

const SENTENCES: ReadonlyMap<string, readonly [sentence: string, remedy: string]> = new Map(
  Object.entries({
    // Why someone is left out, besides the rules.
    opt_out: ['Asked not to be texted', STAYS_OUT],
    provider_opt_out: ['Asked the provider not to be texted', STAYS_OUT],
    landline: ['A landline, which cannot receive texts', OTHER_NUMBER],
    contacted_recently: ['Got a campaign text a short time ago', 'The next campaign can reach this person'],
    merged: ['Merged with another contact of the same person', 'A later campaign can reach the contact that stayed'],
    cancelled: ['Campaign was cancelled', 'A copy of the campaign can reach this person'],
    dropped_by_hand: ['A person decided not to send the text', 'Another campaign can reach this person'],
    pointless: [
      'Was not texted in time: the text would have been pointless by then',
      'A later campaign can reach this person',
    ],
    // Texts that could not be made.
    missing_field: [
      'The text needs a field that this contact does not have',
      'Fill it in, or write a fallback such as {first_name|there}',
    ],
    empty_text: ['Nothing is left of the text for this contact', 'Look at the conditions of the template'],
    text_too_long: [
      'The text is longer than a gateway takes (1,600 characters)',
      'Shorten the template, or the field that makes it long',
    ],
    not_wanted: ['Somebody here decided not to send it', ''],
    too_late: [
      'Could not go out in time, and would be pointless or forbidden now',
      'Another campaign can reach this person',
    ],
    opted_in: ['The person asked for texts again before it went out', ''],
    not_awaited: ['The opt-in that it asked about was confirmed or had ended before', ''],
    // Outcomes at the gateway.
    undelivered: [
      'The carrier did not deliver the text and gave no reason',
      'Often a landline, a number out of use, or a filtered text',
    ],
    failed: ['The gateway could not send the text and gave no reason', NOT_THEIR_FAULT],
    unknown: [
      'The gateway did not say whether it took the text',
      'It is being asked; the text is not sent again before that is known',
    ],
    unexplained_refusals: [
      'The gateway refuses every text for a cause that is not known here',
      'Ask the provider what it expects now, or install a newer version of Textwright, then resume',
    ],
    '0200400': ['The gateway found the text or the number not valid', 'Look at the number and the length of the text'],
    '0206400': ['The business is not registered with the US carriers (10DLC)', REGISTER],
    '0200401': ['The gateway does not accept the API key', 'Connect the account again in Settings with a valid key'],
    '0200402': ['The account has no credit left', 'Add credit with the provider, then resume'],
    '0201402': ['The subscription of the account has expired', 'Renew it with the provider, then resume'],
    '0202403': [
      'The API key’s user may not send from this number',
      'Add that user to the number with the provider, or use another number',
    ],
    '0204403': ['The carriers’ daily limit for this business is used up', 'Sending goes on tomorrow by itself'],
    '0200404': ['The gateway does not know the sender number', 'Refresh the account’s numbers in Settings'],
    '0201500': ['The gateway had an internal error', NOT_THEIR_FAULT],
    // Outcomes at the carrier.
    '20003': ['The provider does not accept the API key', 'Connect the account again in Settings with a valid key'],
    '10001': ['The account at the provider is not active', 'Contact the provider, then resume'],
    '20005': ['The account at the provider is not active', 'Contact the provider, then resume'],
    '20006': ['The provider does not let this account text', 'Contact the provider, then resume'],
    '20008': ['The key is one for tests, which texts nobody', 'Connect the account again in Settings with a live key'],
    '90010': ['The account at the provider is not active', 'Contact the provider, then resume'],
    '21211': ['The number is not valid', OTHER_NUMBER],
    '21212': ['The provider does not know the sender number', 'Refresh the account’s numbers in Settings'],
    '21265': ['The number is a short code, which cannot receive texts', OTHER_NUMBER],
    '21266': ['The sender’s own number', OTHER_NUMBER],
    '21408': ['Texting to that country is not switched on', 'Switch the country on with the provider'],
    '21421': ['The number is not valid', OTHER_NUMBER],
    '21602': ['Nothing is left of the text for this contact', 'Look at the conditions of the template'],
    '21606': ['The sender number cannot send texts', 'Use another number'],
    '21609': [
      'The provider cannot report to the address of this server',
      'Set TEXTWRIGHT_PUBLIC_URL to a public https address, refresh the account, then resume',
    ],
    '21608': [
      'The account may text verified numbers only',
      'Finish the verification of the account with the provider, then resume',
    ],
    '21610': ['Asked the provider not to be texted', STAYS_OUT],
    '21612': ['The sender number cannot reach this one', 'Use another number'],
    '21614': ['The number cannot receive texts', OTHER_NUMBER],
    '21617': ['The text is longer than the provider takes', 'Shorten the template'],
    '21635': ['A landline, which cannot receive texts', OTHER_NUMBER],
    '21659': ['The sender number is not one of the provider’s', 'Refresh the account’s numbers in Settings'],
    '21660': ['The sender number belongs to another account', 'Refresh the account’s numbers in Settings'],
    '30001': ['The text waited for too long in the provider’s queue', 'Lower the rate of the account or of the number'],
    '30002': ['The provider has suspended the account', 'Contact the provider'],
    '30003': ['The phone was switched off or out of reach', NOT_THEIR_FAULT],
    '30004': ['The text was blocked by the person or the carrier', BLOCK_ENDS],
    '30005': ['The number is unknown or out of use', OTHER_NUMBER],
    '30006': ['A landline, or a carrier that cannot be reached', OTHER_NUMBER],
    '30007': ['The carrier filtered the text as unwanted', OTHER_WORDS],
    '30008': ['The carrier gave no reason', NOT_THEIR_FAULT],
    '30022': ['The carrier’s rate limit was exceeded', 'Lower the rate of the account'],
    '30023': ['The carrier’s daily limit is used up', 'Lower the daily cap of the number'],
    '30024': ['The sender number is not set up with the carriers yet', REGISTER],
    '30027': ['The daily limit of T-Mobile is used up', 'Sending goes on tomorrow by itself'],
    '30032': ['The toll-free sender number is not verified', REGISTER],
    '30033': ['The carriers have suspended the registration', REGISTER],
    '30034': ['The sender number is not registered with the US carriers (10DLC)', REGISTER],
    '30036': ['The text waited for too long in the provider’s queue', 'Lower the rate of the account or of the number'],
    '30610': [
      'The provider does not text at this hour where it believes the number to be',
      'Set the contact’s state or ZIP, or narrow the sending hours',
    ],
    '63038': ['The account’s daily limit at the provider is used up', 'Sending goes on tomorrow by itself'],
  } satisfies Readonly<Record<string, readonly [sentence: string, remedy: string]>>),
);
