import type { ConsentPurpose } from '../compliance/consent.ts';
import { CLOCK_SKEW_MS, COUNTS_AGAINST_TEXT_MS } from '../compliance/note-opt-out.ts';
import type { InboundClassification } from '../compliance/opt-out.ts';
import { isCanadian } from '../contacts/area-codes.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, type Instant } from '../platform/time.ts';
import { classifyReceived } from './classify-received.ts';
import {
  type BusinessIdentity,
  type InboundAccount,
  type InboundText,
  isHistory,
  isOldHistory,
  type Knowledge,
  type ToldNow,
} from './inbound.ts';
import type { Circumstances, Question } from './inbound-store.ts';

/** A text, with what it is understood to ask and where it belongs. */
export interface Understood {
  readonly account: InboundAccount;
  readonly text: InboundText;
  readonly laneId: Uuid;
  readonly contactId: Uuid | null;
  readonly business: BusinessIdentity;
  readonly groupOthers: readonly string[];
  /** Opt-ins of theirs that wait for their word. */
  readonly awaits: readonly ConsentPurpose[];
  /** The campaign text that this answers, if one went out in the last days. */
  readonly enrollmentId: Uuid | null;
  /** History that nobody needs to look at. */
  readonly isOver: boolean;
  readonly classification: InboundClassification;
  /** When it reached us. */
  readonly heardAt: Instant;
  /** What was found later is acted upon, and not answered by a machine: hours have passed, and it may be night. */
  readonly mayAnswer: boolean;
}

/** PostgreSQL stores neither a NUL nor half a surrogate pair (a long text that a carrier cut in the middle of an emoji). */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '');

export const asksNothing = ({ outcome }: InboundClassification): boolean => outcome === 'none';

export const questionOf = ({ from, laneRef, to, at }: InboundText): Question => ({
  phone: from,
  laneRef,
  to,
  since: addMs(at, -COUNTS_AGAINST_TEXT_MS),
  until: addMs(at, CLOCK_SKEW_MS),
});

/** A group chat answers nobody in particular. */
export const isGroup = ({ to }: InboundText): boolean => new Set(to).size > 1;

export function understand(input: {
  readonly account: InboundAccount;
  readonly text: InboundText;
  readonly circumstances: Circumstances;
  readonly known: Knowledge | ToldNow;
  readonly groupOthers: readonly string[];
  readonly now: Instant;
}): Understood {
  const { account, text, circumstances, known, groupOthers, now } = input;
  const { laneId, contactId, sent, business, awaits, wasAsked } = circumstances;
  const classification = classifyReceived(text, {
    recentOutbound: sent.map((row) => row.body),
    canadian: isCanadian(text.from),
    awaitingOptIn: wasAsked,
  });
  return {
    ...{ account, text, laneId, contactId, business, groupOthers, awaits, classification },
    enrollmentId: isGroup(text) || isHistory(text.at, known) ? null : (sent[0]?.enrollmentId ?? null),
    isOver: isOldHistory(text.at, known, now),
    heardAt: known.heardAt ?? now,
    mayAnswer: !known.reconciled,
  };
}

/** An opt-out or an opt-in has been done and confirmed by the time anybody could look. */
export const needsPerson = ({ outcome }: InboundClassification): boolean =>
  outcome !== 'opt_out' && outcome !== 'opt_in';

/** A reaction (which may quote a question of ours) or a lone thumb is to be read and needs no answer; a lone "?" does. */
export function waitsForAnswer(
  text: Pick<InboundText, 'text' | 'media'>,
  classification: InboundClassification,
): boolean {
  if (!needsPerson(classification)) return false;
  return classification.normalised !== '' || LONE_QUESTION_MARK.test(text.text) || text.media.length > 0;
}

const LONE_QUESTION_MARK = /^[^\p{L}]*\?[^\p{L}]*$/u;
