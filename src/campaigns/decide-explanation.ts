import { consequenceOf } from '../gateways/decide-consequence.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import type { CampaignState, EnrollmentState } from './campaign.ts';
import type { RuleCheck } from './decide-checks.ts';
import { localTime } from './local-time.ts';

/** What became of one person in one campaign, in one word. */
export type Standing =
  | 'texted'
  | 'being_texted'
  | 'waits'
  | 'unknown'
  | 'not_texted'
  | 'not_in_campaign'
  | 'would_be_texted'
  | 'would_not_be_texted';

export interface Answer {
  readonly standing: Standing;
  /** Code of the rule, the reason or the failure that decided; null when nothing stood in the way. */
  readonly code: string | null;
  readonly sentence: string;
  /** What would change it; empty when there is nothing to change. */
  readonly remedy: string;
}

/** What is known of an enrollment and its text. */
export interface EnrollmentFacts {
  readonly state: EnrollmentState;
  readonly skipReason: string | null;
  readonly failureCode: string | null;
  /** A person said what became of the text. */
  readonly settledByHand: boolean;
  readonly gatewayMessageId: string | null;
  /** Of a text whose answer was lost. */
  readonly asking: Asking | null;
}

export interface Asking {
  /** When the gateway was last asked; null before the first time. */
  readonly askedAt: Instant | null;
  readonly outcome: 'not_listed' | 'no_answer' | null;
  readonly againAt: Instant;
}

interface Situation {
  readonly campaign: { readonly state: CampaignState; readonly launchedAt: Instant | null };
  readonly checks: readonly RuleCheck[];
  /** What the rules of eligibility say now; `checks` are older for a text that was begun. */
  readonly today: readonly RuleCheck[];
  readonly zone: string;
  readonly now: Instant;
}

/** The answer for somebody of the campaign. */
export function explainEnrolled(enrollment: EnrollmentFacts, at: Situation): Answer {
  switch (enrollment.state) {
    case 'pending':
      return explainPending(at.checks);
    case 'handing_over':
      return { standing: 'being_texted', code: null, sentence: 'The text is with the gateway right now', remedy: '' };
    case 'unknown':
      return explainUnknown(enrollment.asking, at);
    case 'failed':
    case 'skipped':
      return explainLeftOut(enrollment, at);
    default:
      return explainTexted(enrollment);
  }
}

function explainPending(checks: readonly RuleCheck[]): Answer {
  const first = checks.find((check) => check.forbids);
  if (first !== undefined) {
    const { code, kind, remedy } = first;
    // Nobody has come to this person yet; when the turn comes, the rule ends it.
    const sentence = kind === 'bars' ? `Will not be texted: ${lowerFirst(first.sentence)}` : first.sentence;
    return { standing: 'waits', code, sentence, remedy };
  }
  return {
    standing: 'waits',
    code: null,
    sentence: 'It is this person’s turn: the text goes out as soon as the rates allow',
    remedy: 'Nothing needs to be done',
  };
}

function explainUnknown(asking: Asking | null, { zone, now }: Situation): Answer {
  const { sentence } = sentenceFor('unknown');
  const answer = { standing: 'unknown', code: 'unknown' } as const;
  const byHand = 'Who knows what became of it can settle it by hand';
  if (asking === null) return { ...answer, sentence, remedy: byHand };
  const again = isBefore(now, asking.againAt) ? `again at ${clockTime(asking.againAt, zone)}` : 'again right now';
  const asked =
    asking.askedAt === null
      ? `It is asked ${isBefore(now, asking.againAt) ? `at ${clockTime(asking.againAt, zone)}` : 'right now'}`
      : `It was asked last at ${clockTime(asking.askedAt, zone)} and ${asking.outcome === 'no_answer' ? 'did not answer' : 'did not know the text yet'}; it is asked ${again}`;
  return {
    ...answer,
    sentence: `${sentence}. ${asked}`,
    remedy: `Nothing needs to be done: the text is not sent again before that is known. ${byHand}`,
  };
}

/** With seconds: the gateway is asked every few of them. */
const clockTime = (at: Instant, zone: string): string =>
  at
    .toLocaleString('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    })
    .replace(',', '');

function explainLeftOut({ state, skipReason, failureCode }: EnrollmentFacts, { checks, today }: Situation): Answer {
  const code = skipReason ?? failureCode ?? state;
  const { sentence, remedy } = sentenceFor(code);
  const rule = checks.find((check) => check.code === code);
  // It was so when the person was left out; the rule may say something else today.
  const isOver =
    rule !== undefined && !rule.forbids && checks.every((check) => check.kind !== 'bars' || !check.forbids);
  const holds = today.find((check) => check.code === (wasBlocked(code) ? 'blocked_lately' : code) && check.forbids);
  return {
    standing: 'not_texted',
    code,
    sentence,
    remedy: holds?.remedy ?? (isOver ? 'This is not so any more: another campaign can reach this person' : remedy),
  };
}

/** Such a text leaves a mark on the number, which ends by itself. */
function wasBlocked(code: string): boolean {
  const consequence = consequenceOf(code);
  return consequence?.blames === 'recipient' && consequence.effect === 'blocked';
}

function explainTexted({ state, settledByHand, gatewayMessageId }: EnrollmentFacts): Answer {
  const answer = { standing: 'texted', code: null, remedy: '' } as const;
  if (state === 'delivered') return { ...answer, sentence: 'Texted, and the carrier says that it was delivered' };
  if (settledByHand && gatewayMessageId === null)
    return {
      ...answer,
      sentence: 'A person recorded that the text was sent. No delivery report can be matched, as its id is not known',
    };
  return { ...answer, sentence: 'Texted; there is no delivery report yet' };
}

/** The answer for somebody who is not in it: would a draft text them, or why did a launched campaign not take them in. */
export function explainNotEnrolled(createdAt: Instant, { campaign, checks, zone }: Situation): Answer {
  const barred = checks.find((check) => check.kind === 'bars' && check.forbids);
  if (campaign.state === 'draft') return explainDraft(barred, checks);
  const mayJoin = campaign.state === 'running' || campaign.state === 'paused';
  const answer = { standing: 'not_in_campaign', code: barred?.code ?? 'not_enrolled' } as const;
  if (barred !== undefined) return { ...answer, sentence: barred.sentence, remedy: barred.remedy };
  const { launchedAt } = campaign;
  const isLater = launchedAt !== null && isBefore(launchedAt, createdAt);
  return {
    ...answer,
    sentence: isLater
      ? `Became a contact at ${localTime(createdAt, zone)}, after the campaign was launched`
      : 'Matches the audience now, but did not when the campaign was launched',
    remedy: mayJoin ? 'Add this person to the campaign' : 'A new campaign can reach this person',
  };
}

function explainDraft(barred: RuleCheck | undefined, checks: readonly RuleCheck[]): Answer {
  if (barred !== undefined)
    return {
      standing: 'would_not_be_texted',
      code: barred.code,
      sentence: `Would not be texted: ${lowerFirst(barred.sentence)}`,
      remedy: barred.remedy,
    };
  const later = checks.find((check) => check.forbids);
  return {
    standing: 'would_be_texted',
    code: later?.code ?? null,
    sentence:
      later === undefined
        ? 'Would be texted, if the campaign was launched now'
        : `Would be texted, though not at once: ${lowerFirst(later.sentence)}`,
    remedy: '',
  };
}

const lowerFirst = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
