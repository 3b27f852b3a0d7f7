import type { DeliveryStatus, ListedMessage, RecordedEvent } from '../gateways/gateway.ts';
import type { Uuid } from '../platform/ids.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import type { Diff } from './run.ts';

/** What a page says that we do not, and the events that say it here. */
export interface Finding {
  readonly diff: Diff;
  /** None for what is only reported. */
  readonly tells: readonly RecordedEvent[];
}

export interface OurText {
  readonly state: string;
  readonly hasMedia: boolean;
}

export interface LaneAt {
  readonly id: Uuid;
  readonly gatewayRef: string;
  readonly phone: string;
}

export interface TextFacts {
  /** By the gateway's id. */
  readonly ours: ReadonlyMap<string, OurText>;
  /** Numbers of this account. */
  readonly lanes: readonly LaneAt[];
  /** Numbers of the whole business. */
  readonly ownPhones: ReadonlySet<string>;
  /** Ids of texts that somebody else sent in the words of our campaigns: whoever holds the account deals with them. */
  readonly inOurWords: ReadonlySet<string>;
  /** Numbers to which a text of ours is on its way, or of which it is not known what became. */
  readonly unsettled: ReadonlySet<string>;
  /** Younger changes may be on their way to us by webhook. */
  readonly until: Instant;
}

/** Compares one page of the gateway's texts with ours. Texts between two numbers of the business are nobody's conversation. */
export const compareTexts = (listed: readonly ListedMessage[], facts: TextFacts): readonly Finding[] =>
  listed.flatMap((text) => {
    const place = placeOf(text, facts);
    if (place === undefined) return [];
    const ours = facts.ours.get(text.gatewayMessageId);
    if (ours === undefined) return missing(text, facts, place);
    return [...pictures(text, { ...place, ours }), ...stale(text, facts, { ...place, ours })];
  });

/** Webhooks of v4 tell of none. */
function pictures(text: ListedMessage, { ours, ...place }: Place & { readonly ours: OurText }): readonly Finding[] {
  const { event } = text.began;
  if (event.type !== 'message_received' || event.media.length === 0 || ours.hasMedia) return [];
  return [found(text, { ...place, kind: 'stale_here', what: 'media', here: null, tells: [text.began] })];
}

interface Place {
  readonly laneId: Uuid;
  readonly phone: string;
}

function placeOf(text: ListedMessage, { lanes, ownPhones }: TextFacts): Place | undefined {
  const [own, phone] = text.direction === 'inbound' ? [text.to, text.from] : [[text.from], text.to[0]];
  const lane = lanes.find((one) => one.gatewayRef === text.laneRef) ?? lanes.find((one) => own.includes(one.phone));
  if (lane === undefined || phone === undefined || ownPhones.has(phone)) return undefined;
  return { laneId: lane.id, phone };
}

function missing(text: ListedMessage, facts: TextFacts, place: Place): readonly Finding[] {
  if (text.direction === 'inbound')
    return [found(text, { ...place, kind: 'missing_here', what: 'received', here: null, tells: [text.began] })];
  if (facts.inOurWords.has(text.gatewayMessageId))
    return [found(text, { ...place, kind: 'differs', what: 'own_words', here: null, tells: [] })];
  if (facts.unsettled.has(place.phone)) return [];
  const ended = text.ended === undefined ? [] : [text.ended];
  return [found(text, { ...place, kind: 'missing_here', what: 'sent', here: null, tells: [text.began, ...ended] })];
}

function stale(text: ListedMessage, facts: TextFacts, { ours, ...place }: Place & { readonly ours: OurText }) {
  const { ended, updatedAt, status } = text;
  if (ended === undefined || status === 'received' || !isBefore(updatedAt, facts.until)) return [];
  const there = STATE_OF[status];
  if (there === undefined || ours.state === there) return [];
  const finding = { ...place, what: status, here: ours.state };
  // That a text was delivered outweighs that it failed, here as everywhere; the other way round is for a person to look at.
  if (ours.state === 'sent' || (ours.state === 'failed' && there === 'delivered'))
    return [found(text, { ...finding, kind: 'stale_here', tells: [ended] })];
  return ours.state === 'delivered' ? [found(text, { ...finding, kind: 'differs', tells: [] })] : [];
}

const STATE_OF: Partial<Record<DeliveryStatus, string>> = {
  delivered: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
};

const found = (
  text: ListedMessage,
  { tells, ...diff }: Pick<Diff, 'kind' | 'what' | 'phone' | 'laneId' | 'here'> & Pick<Finding, 'tells'>,
): Finding => ({
  diff: { ...diff, gatewayId: text.gatewayMessageId, at: text.createdAt, there: text.status },
  tells,
});
