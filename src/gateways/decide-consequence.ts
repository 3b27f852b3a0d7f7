/**
 * What a failure code means beyond the one text, whether the gateway refuses with it at once or a carrier reports it hours later: the
 * one table of both. Pure. A code that is not in it fails its text and nothing else.
 *
 * Codes of seven digits are Quo's own, those of five digits are the carriers' as Twilio numbers them, which Quo passes on.
 */
export type Consequence =
  | { readonly blames: 'recipient'; readonly effect: RecipientEffect }
  /** The carriers take these words for unwanted. */
  | { readonly blames: 'words' }
  | { readonly blames: 'lane' | 'account'; readonly until: 'fixed' | 'next_day' };

/** `out_of_use`: believed when it is said again a day later, for networks are wrong about it. */
export type RecipientEffect = 'none' | 'opted_out' | 'invalid_number' | 'out_of_use';

const lane = { blames: 'lane', until: 'fixed' } as const;
const account = { blames: 'account', until: 'fixed' } as const;
/** The carriers count texts per registered business, so that their daily limit stops every lane. */
const accountToday = { blames: 'account', until: 'next_day' } as const;
const optedOut = { blames: 'recipient', effect: 'opted_out' } as const;
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
  // The key does not open the account.
  ['20003', account],
  // The number is malformed, or cannot receive texts.
  ['21211', invalidNumber],
  ['21421', invalidNumber],
  ['21614', invalidNumber],
  // This sender cannot send texts, or not yet to people whose number was not verified.
  ['21606', lane],
  ['21608', account],
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
  // Blocked by the person or the carrier on the person's behalf.
  ['30004', optedOut],
  ['30005', outOfUse],
  ['30007', { blames: 'words' }],
  // No reason given.
  ['30008', justThisText],
  // The rate was exceeded.
  ['30022', justThisText],
  ['30023', accountToday],
  // The sender is not set up with the carrier, not verified (toll-free), or not registered (10DLC).
  ['30024', lane],
  ['30032', lane],
  ['30034', lane],
  // The registration of the business is suspended.
  ['30033', account],
]);

export const consequenceOf = (code: string | null | undefined): Consequence | undefined =>
  code === null || code === undefined ? undefined : CONSEQUENCES.get(code);
