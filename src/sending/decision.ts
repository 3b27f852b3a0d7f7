import type { ConsentKind, ConsentPurpose } from '../compliance/consent.ts';
import type { ConsentPolicy } from '../compliance/consent-policy.ts';

/**
 * Why a campaign text went out as it did, stored with the message: rules with their inputs and versions. Exact text, parts, lane,
 * variant, the consent, and the number with its area code, are columns of the message and its enrollment.
 *
 * People of one claim who are alike have equal records, which are written once (`decisionKinds`): what is about one person alone is
 * here only when it is not as for everybody.
 */
export interface Decision {
  readonly v: 2;
  readonly quietHours: {
    readonly table: string;
    /** Version of the table of holidays; absent of earlier versions. */
    readonly holidays?: string;
    readonly rule: string;
    readonly closesAt: string;
    /** States and zones in which the person may be. */
    readonly zoneGroup: string;
  };
  /** Campaign texts of the 24 hours before, and how many are allowed. */
  readonly frequency: {
    readonly texts: number;
    readonly allowed: number;
    /** Of the last one; absent when there was none in the time that was asked about. */
    readonly newestTextAt?: string;
  };
  /** Days without a campaign text that the audience asks for; absent when it does not. */
  readonly notTextedForDays?: number;
  readonly eligibility: {
    /** Codes of the rules that were asked and did not forbid: no suppression of these kinds was in force. */
    readonly rules: readonly string[];
    /** Version of the table of area codes. */
    readonly areaCodes: string;
    readonly numberState: string;
    /** Absent while there was no do-not-call list, and of earlier versions. */
    readonly doNotCall?: {
      /** Those that were asked, each with the day of its data, in the order of their names. */
      readonly lists: readonly string[];
      /** What exempted the person from the registries; absent when nothing did, and for who has agreed in writing. */
      readonly exemptionId?: string;
      /** Absent of earlier versions. */
      readonly ruleVersion?: string;
    };
    /** What the service that was asked about the number had said last; absent when none was. */
    readonly validation?: { readonly service: string; readonly lineType: string; readonly checkedOn: string };
  };
  /** What was in force for the purpose of the campaign; the event itself is `message.consent_event_id`. Absent of earlier versions. */
  readonly consent?: {
    readonly purpose: ConsentPurpose;
    readonly kind: ConsentKind | null;
    /** Which policy asked for it; absent when none did. */
    readonly policy?: ConsentPolicy['policy'];
    /** Of the rules by which it asked; absent when none did, and of earlier versions. */
    readonly ruleVersion?: string;
    /** By an owner's word for people who had not agreed. */
    readonly waived?: true;
  };
  /** What was put behind the text because it was the first one to the person; absent when nothing was. */
  readonly optOutAdded?: string;
  readonly lane: LaneReason;
  readonly limits: ClaimLimits;
  /** Of this text, at the price of then. */
  readonly priceCents: number;
}

/** What was used of the limits before the claim that took this person, and what is allowed. */
export interface ClaimLimits {
  readonly day: string;
  readonly laneTexts: number;
  readonly laneTextsAllowed: number;
  /** Absent without a daily limit of parts. */
  readonly laneParts?: number;
  readonly lanePartsAllowed?: number;
  /** Absent for a campaign that goes as fast as its lanes. */
  readonly pace?: {
    readonly hourTexts: number;
    readonly maxPerHour: number | null;
    readonly dayTexts: number;
    readonly maxPerDay: number | null;
    readonly finishBy: string | null;
  };
}

export type LaneReason =
  | 'known to the person'
  | 'most room'
  | 'the known number is switched off'
  | 'the known number was taken out of the campaign';

/** As earlier versions stored it. */
export interface FirstDecision {
  readonly v: 1;
  readonly quietHours: { readonly table: string; readonly rule: string; readonly closesAt: string };
  readonly frequency: { readonly texts: number; readonly allowed: number };
  readonly eligibility: readonly string[];
  readonly lane: LaneReason;
}

export type StoredDecision = Decision | FirstDecision;
