import type { RawBuilder } from 'kysely';
import type { Instant } from '../platform/time.ts';
import type { AskedConsent } from './consent-policy.ts';
import type { DncKind } from './dnc-rules.ts';
import type { NumberPolicy } from './number-policy.ts';
import type { RuleInputs } from './rule-inputs.ts';

/**
 * Why a contact gets no campaign text. Each rule is one declaration: the code that is stored, the SQL predicate over `contact c`
 * that is true when the rule forbids, the sentence for people, and what the rule looks at. Enrollment, previews, the claim and
 * explanations use the same list; the order decides which reason is named when several hold.
 */
export interface EligibilityRule {
  readonly code: string;
  readonly sentence: string;
  /** What it says of somebody whom it lets through. */
  readonly otherwise: string;
  readonly forbids: (facts: EligibilityFacts) => RawBuilder<boolean>;
  /** What it looked at, as a JSON object of plain values. */
  readonly inputs: (facts: EligibilityFacts) => RawBuilder<RuleInputs>;
  /**
   * Who waits until it forbids no longer, and is not left out: everybody, or only whoever was taken into a campaign before it began to
   * forbid.
   */
  readonly delays?: 'all' | 'enrolled';
  /** Whether it can forbid anybody now; a statement about many people leaves out those that cannot. Absent: always. */
  readonly matters?: (facts: EligibilityFacts) => boolean;
}

export interface EligibilityFacts {
  readonly now: Instant;
  /** Area codes of +1 that are not the United States, and toll-free ones. */
  readonly outsideUsAreaCodes: readonly string[];
  readonly tollFreeAreaCodes: readonly string[];
  /** Of the do-not-call lists that are asked. */
  readonly dncKinds: readonly DncKind[];
  /** Whether one of a registry is too old, has no data yet, or is as old for each person as a service's answer. */
  readonly dncIsStale: boolean;
  /** Data of do-not-call registries from before this are too old. */
  readonly dncStaleBefore: Instant;
  /** Whether a reply of any number waits to be decided on. */
  readonly numbersAreHeld: boolean;
  /** Whether any number is known to have another holder now. */
  readonly numbersAreReassigned: boolean;
  /** Whether a service was ever asked about any number. */
  readonly numbersWereAsked: boolean;
  readonly numberPolicy: NumberPolicy;
  /** What the campaign asks for; null: nothing. */
  readonly consent: AskedConsent | null;
}
