/**
 * What a failure code means beyond the one text, whether the gateway refuses with it at once or a carrier reports it hours later: the
 * one table of both. Pure. A code that is not in it fails its text and nothing else.
 *
 * Codes of seven digits are Quo's own, those of five digits are Twilio's, of its API and of the carriers; Quo passes the latter on.
 */
export type Consequence =
  | { readonly blames: 'recipient'; readonly effect: RecipientEffect }
  /** The carriers take these words for unwanted. */
  | { readonly blames: 'words' }
  | { readonly blames: 'lane' | 'account'; readonly until: 'fixed' | 'next_day' };

/**
 * `blocked`: campaigns leave the number alone for a time. `out_of_use`: believed when it is said again a day later, for networks are
 * wrong about it.
 */
export type RecipientEffect = 'none' | 'opted_out' | 'blocked' | 'invalid_number' | 'out_of_use';

const lane = { blames: 'lane', until: 'fixed' } as const;
const account = { blames: 'account', until: 'fixed' } as const;
/** The carriers count texts per registered business, so that their daily limit stops every lane. */
const accountToday = { blames: 'account', until: 'next_day' } as const;
const optedOut = { blames: 'recipient', effect: 'opted_out' } as const;
const blocked = { blames: 'recipient', effect: 'blocked' } as const;
const invalidNumber = { blames: 'recipient', effect: 'invalid_number' } as const;
const outOfUse = { blames: 'recipient', effect: 'out_of_use' } as const;
const justThisText = { blames: 'recipient', effect: 'none' } as const;

const CONSEQUENCES: ReadonlyMap<string, Consequence> = new Map<string, Consequence>([
  // A2P registration not approved.
  ['0206400', account],
  ['0200401', account],
  // Not enough credits.
  ['0200402', account],
  // Subscription expired.
  ['0201402', account],
  // The user is not a member of the sender number.
  ['0202403', lane],
  // A2P 10DLC daily message cap reached.
  ['0204403', accountToday],
  // Unknown sender number or user.
  ['0200404', lane],
  // The key does not open the account, or opens a test account; the account is not active.
  ['20003', account],
  ['20005', account],
  ['20006', account],
  ['20008', account],
  ['10001', account],
  ['90010', account],
  // The number is malformed, or cannot receive texts.
  ['21211', invalidNumber],
  ['21421', invalidNumber],
  ['21614', invalidNumber],
  // This sender cannot send texts, is not a number of the account, or not yet for people whose number was not verified.
  ['21212', lane],
  ['21606', lane],
  ['21659', lane],
  ['21660', lane],
  ['21608', account],
  // Our own address for receipts is not a valid one: so it is for every text.
  ['21609', account],
  // The text is empty or too long.
  ['21602', justThisText],
  ['21617', justThisText],
  // Texting to that country is not switched on.
  ['21408', justThisText],
  // Not to short codes, nor to itself.
  ['21265', invalidNumber],
  ['21266', justThisText],
  ['21610', optedOut],
  // Not from this lane; another may reach the number.
  ['21612', justThisText],
  // Landlines.
  ['21635', invalidNumber],
  ['30006', invalidNumber],
  // The account is suspended.
  ['30002', account],
  // Unreachable for the moment.
  ['30003', justThisText],
  // By the person or by the carrier: nobody says which.
  ['30004', blocked],
  ['30005', outOfUse],
  ['30007', { blames: 'words' }],
  // No reason given.
  ['30008', justThisText],
  // The rate was exceeded.
  ['30022', justThisText],
  ['30023', accountToday],
  // T-Mobile's part of that limit: whose number is T-Mobile's is not known here.
  ['30027', accountToday],
  // The account's own texts of 24 hours are used up.
  ['63038', accountToday],
  // Waited for longer than we allow (the queue of the gateway was full).
  ['30001', justThisText],
  ['30036', justThisText],
  // Not at this hour where the provider believes the number to be, which is another place than ours.
  ['30610', justThisText],
  // The sender is not set up with the carrier, not verified (toll-free), or not registered (10DLC).
  ['30024', lane],
  ['30032', lane],
  ['30034', lane],
  // The registration of the business is suspended.
  ['30033', account],
]);

export const consequenceOf = (code: string | null | undefined): Consequence | undefined =>
  code === null || code === undefined ? undefined : CONSEQUENCES.get(code);
