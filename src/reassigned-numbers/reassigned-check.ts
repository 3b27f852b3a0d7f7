import type { AudienceRule } from '../audiences/audience.ts';
import type { ReassignedAnswer } from '../compliance/reassigned-rules.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/**
 * A file of questions to the Reassigned Numbers Database (was this number given up on or after this day?), and the file of its answers. Both
 * stay for good: who relied on a wrong "no" is not liable (47 CFR 64.1200(m)), if they can show what they asked, when, and what came.
 */
export interface ReassignedCheck {
  readonly id: Uuid;
  readonly state: 'asked' | 'answered';
  readonly audience: AudienceRule;
  /** In words. */
  readonly chosen: string;
  readonly ruleVersion: string;
  readonly questions: number;
  /** Chosen and not asked about: nothing says on which day the number was theirs. */
  readonly undated: number;
  readonly askedBy: string;
  readonly askedAt: Instant;
  readonly answers: CheckAnswers | null;
}

export interface CheckAnswers {
  readonly file: string;
  /** SHA-256 of its bytes. */
  readonly digest: string;
  /** The day on which the database gave them. */
  readonly asOf: string;
  readonly by: string;
  readonly at: Instant;
  readonly counts: Readonly<Record<ReassignedAnswer, number>>;
}

/** What shows that the number was theirs on the day of the question. */
export type QuestionBasis = 'consent' | 'reply' | 'earlier_check';

export interface Question {
  readonly phone: string;
  /** `2026-11-17`, in the zone of the business. */
  readonly knownOn: string;
  readonly basis: QuestionBasis;
  readonly basisId: Uuid;
  readonly answer: ReassignedAnswer | null;
}
