import { classifyReceived } from '../conversations/classify-received.ts';
import { consequenceOf } from '../gateways/decide-consequence.ts';
import type { ListedMessage } from '../gateways/gateway.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, type Instant, isBefore, MINUTE_MS } from '../platform/time.ts';
import type { Finding, LaneAt } from './decide-texts.ts';

/** What the gateway's books say of an opt-out and ours did not. */
export interface OptOutDifference {
  readonly kind: 'refused' | 'stop' | 'start' | 'accepted';
  readonly gatewayId: string;
  readonly phone: string;
  readonly laneId: Uuid | null;
  readonly code: string | null;
  readonly at: Instant;
  readonly knownSince: Instant | null;
  readonly optedInAt: Instant | null;
  /** Of a START: the person's opt-out that came later, or at the same moment, and outweighs it. */
  readonly optedOutAgainAt: Instant | null;
}

/** The difference, and the event that makes it good here, unless that is told already. */
export interface OptOutFinding extends Pick<Finding, 'tells'> {
  readonly difference: OptOutDifference;
}

/** One text of the gateway's books that says something of an opt-out. */
export interface OptOutSign extends Pick<OptOutDifference, 'kind' | 'phone' | 'code'> {
  readonly text: ListedMessage;
}

/** How a number stands here, seen from the instant of a sign. */
export interface OptOutStanding {
  /** Of an opt-out that was in force then, or came to be in force since. */
  readonly knownSince: Instant | null;
  readonly isInForce: boolean;
  /** What the person said here later than that. */
  readonly optedInAt: Instant | null;
  /** When an opt-out that is in force was said, or said again, unless that was before the sign. */
  readonly optedOutAgainAt: Instant | null;
  /** It has come in, and is not applied yet. */
  readonly isWaiting: boolean;
}

interface SignFacts {
  /** Texts that are in our books, with what each is for; `erased` ones say nothing any more. */
  readonly ours: ReadonlyMap<string, { readonly purpose: string; readonly erased: boolean }>;
  readonly ownPhones: ReadonlySet<string>;
  readonly isCanadian: (phone: string) => boolean;
}

/**
 * Which texts of a page say something of an opt-out: of one to a group, for each of its people. What the person wrote and we have heard
 * says nothing new.
 */
export const signsAmong = (
  listed: readonly ListedMessage[],
  { ours, ownPhones, isCanadian }: SignFacts,
): readonly OptOutSign[] =>
  listed.flatMap((text) => {
    const known = ours.get(text.gatewayMessageId);
    if (known?.erased === true) return [];
    const people = text.direction === 'inbound' ? [text.from] : [...new Set(text.to)];
    return people
      .filter((phone) => !ownPhones.has(phone))
      .flatMap((phone) => signOf(text, { known, phone, isCanadian }));
  });

function signOf(
  text: ListedMessage,
  about: Pick<SignFacts, 'isCanadian'> & {
    readonly known: { readonly purpose: string } | undefined;
    readonly phone: string;
  },
): readonly OptOutSign[] {
  const { known, phone } = about;
  if (text.direction === 'inbound') return known === undefined ? unheard(text, about) : [];
  const code = codeOf(text);
  const consequence = consequenceOf(code);
  if (consequence?.blames === 'recipient' && consequence.effect === 'opted_out')
    // Of a text to several people nobody says which of them it was.
    return text.to.length > 1 ? [] : [{ kind: 'refused', phone, code, text }];
  const isOwn = known !== undefined && known.purpose !== 'elsewhere';
  return isOwn || !TAKEN.has(text.status) ? [] : [{ kind: 'accepted', phone, code: null, text }];
}

const TAKEN: ReadonlySet<string> = new Set(['sent', 'delivered']);

function codeOf({ ended }: ListedMessage): string | null {
  const event = ended?.event;
  return event?.type === 'message_status' ? (event.errorCode ?? null) : null;
}

function unheard(
  text: ListedMessage,
  { isCanadian, phone }: Pick<SignFacts, 'isCanadian'> & { readonly phone: string },
): readonly OptOutSign[] {
  const { event } = text.began;
  if (event.type !== 'message_received') return [];
  const { outcome } = classifyReceived(event, { canadian: isCanadian(phone) });
  if (outcome === 'opt_out') return [{ kind: 'stop', phone, code: null, text }];
  return outcome === 'opt_in' ? [{ kind: 'start', phone, code: null, text }] : [];
}

/** Confirmations, the gateway's own among them, go out after an opt-out; and nobody elsewhere hears of it in the same minute. */
const JUST_OPTED_OUT_MS = 5 * MINUTE_MS;

/**
 * Of signs that stand against our books (`standings`, in their order), what differs. What has come in and waits is applied by itself; should
 * that fail, the next run finds it.
 */
export const differencesAmong = (
  signs: readonly OptOutSign[],
  facts: { readonly standings: readonly OptOutStanding[]; readonly lanes: readonly LaneAt[] },
): readonly OptOutFinding[] =>
  signs.flatMap((sign, nth) => {
    const standing = facts.standings[nth];
    if (standing === undefined || standing.isWaiting || !differs(sign, standing)) return [];
    const { kind, phone, code, text } = sign;
    const own = text.direction === 'inbound' ? text.to : [text.from];
    const lane = facts.lanes.find(({ gatewayRef, phone: ours }) => gatewayRef === text.laneRef || own.includes(ours));
    const { knownSince, optedInAt } = standing;
    const at = kind === 'refused' ? text.updatedAt : text.createdAt;
    const difference = {
      ...{ kind, phone, code, at, knownSince, optedInAt },
      gatewayId: text.gatewayMessageId,
      optedOutAgainAt: kind === 'start' ? standing.optedOutAgainAt : null,
      laneId: lane?.id ?? null,
    };
    return [{ difference, tells: told(sign) }];
  });

function differs({ kind, text }: OptOutSign, { knownSince, isInForce }: OptOutStanding): boolean {
  switch (kind) {
    case 'refused':
    case 'stop':
      return knownSince === null;
    case 'start':
      return isInForce && knownSince !== null && isBefore(knownSince, text.createdAt);
    case 'accepted':
      return knownSince !== null && isBefore(addMs(knownSince, JUST_OPTED_OUT_MS), text.createdAt);
    default:
      return kind satisfies never;
  }
}

/** A word or a refusal is applied like any that comes in at once; that a text was sent elsewhere is told by whoever compares the texts. */
function told({ kind, text }: OptOutSign): Finding['tells'] {
  if (kind === 'accepted') return [];
  if (kind === 'refused') return text.ended === undefined ? [] : [text.ended];
  return [text.began];
}
