import type { TranscriptLine } from '../calls/call.ts';
import type { ConsentWaiver } from '../campaigns/campaign.ts';
import type { ConsentEvent } from '../compliance/consent-evidence.ts';
import type { DncExemption, DncStanding } from '../compliance/dnc-exemptions.ts';
import type { RuleVersion } from '../compliance/every-rule.ts';
import type { Instant } from '../platform/time.ts';
import type { OptOutDifference } from '../reconciliation/decide-opt-outs.ts';
import type { StoredDecision } from '../sending/decision.ts';
import type { ChainProof } from './chain-proof.ts';
import type { Removed } from './erasure.ts';

/** All that is known of one number: for a court, and for the person who asks what we know. Ids are as people see them. */
export interface Evidence {
  readonly format: 'textwright-evidence';
  readonly formatVersion: 1;
  readonly number: string;
  readonly seller: string;
  /** In which the times of a document are told beside UTC. */
  readonly zone: string;
  readonly generatedAt: Instant;
  readonly generatorVersion: string;
  readonly contact: EvidenceContact | null;
  /** The contact of the same person into which the one with this number was merged; its own records are asked for by its own number. */
  readonly mergedInto: string | null;
  readonly consents: readonly (ConsentEvent & { readonly erased: boolean })[];
  /** Forms of ours that were sent in with this number, newest first. */
  readonly submissions: readonly EvidenceSubmission[];
  readonly texts: readonly EvidenceText[];
  readonly leftOut: readonly EvidenceLeftOut[];
  /** Campaigns that may text the person yet. */
  readonly waiting: readonly EvidenceWaiting[];
  readonly optOuts: readonly EvidenceOptOut[];
  /** Each START that lifted nothing, oldest first. */
  readonly optInsWithoutEffect: readonly EvidenceIdleOptIn[];
  readonly reviews: readonly EvidenceReview[];
  /** What the books of a gateway said of opt-outs and ours did not, newest first. */
  readonly differences: readonly EvidenceDifference[];
  readonly doNotCall: {
    /** Now. */
    readonly listedOn: DncStanding['listedOn'];
    readonly scrubbed: DncStanding['scrubbed'];
    readonly exemptions: readonly EvidenceExemption[];
  };
  /** What was asked of the Reassigned Numbers Database, newest first. */
  readonly reassigned: readonly EvidenceReassigned[];
  readonly validation: EvidenceValidation | null;
  readonly calls: readonly EvidenceCall[];
  readonly erasures: readonly EvidenceErasure[];
  /** What the versions of rules are that the records name. */
  readonly ruleVersions: readonly RuleVersion[];
  /** What was asked of the records and found in them. */
  readonly findings: readonly Finding[];
  /** False: a list was cut at the limit; the newest are here. */
  readonly complete: boolean;
  readonly proof: ChainProof;
  /** SHA-256 of the canonical JSON (RFC 8785) of everything else. */
  readonly digest: string;
}

export interface Finding {
  readonly holds: boolean;
  readonly sentence: string;
}

export interface EvidenceContact {
  readonly id: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly company: string | null;
  readonly street: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postalCode: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly zoneGroup: string;
  readonly source: string;
  readonly importFile: string | null;
  /** Numbers that were merged into this contact. */
  readonly otherNumbers: readonly string[];
  /** Of the person in the address books of gateways. */
  readonly gatewayContactIds: readonly string[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export interface EvidenceSubmission {
  readonly at: Instant;
  readonly form: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
}

export interface EvidenceText {
  readonly id: string;
  readonly direction: 'inbound' | 'outbound';
  readonly purpose: string;
  /** Null: the person was erased, and `digest` tells whether a given text is this one. */
  readonly text: string | null;
  /** SHA-256 of the exact text. */
  readonly digest: string;
  readonly encoding: string;
  readonly parts: number;
  readonly media: readonly unknown[];
  readonly state: string;
  readonly failureCode: string | null;
  readonly ourNumber: string;
  readonly campaign: { readonly id: string; readonly name: string; readonly variant: string | null } | null;
  /** Of its campaign: the owner's word for people without the consent. Whether it was needed for this text, the decision tells. */
  readonly waiver: ConsentWaiver | null;
  readonly writtenBy: string | null;
  readonly gatewayMessageId: string | null;
  readonly at: Instant;
  readonly handedOverAt: Instant | null;
  readonly sentAt: Instant | null;
  readonly deliveredAt: Instant | null;
  readonly failedAt: Instant | null;
  /** Of an inbound text: how it was understood, by which version of the rules. */
  readonly classification: Readonly<Record<string, unknown>> | null;
  /** Of a campaign text: why it was allowed to go out. */
  readonly decision: StoredDecision | null;
  /** The consent on which it rested. */
  readonly consentId: string | null;
  readonly attempts: readonly Readonly<Record<string, unknown>>[];
}

export interface EvidenceLeftOut {
  readonly at: Instant;
  readonly campaign: { readonly id: string; readonly name: string };
  readonly state: 'skipped' | 'failed';
  readonly code: string;
  readonly sentence: string;
}

export interface EvidenceWaiting {
  /** Chosen then. */
  readonly at: Instant;
  readonly campaign: { readonly id: string; readonly name: string };
}

export interface EvidenceOptOut {
  readonly reason: string;
  readonly channel: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly saidAt: Instant | null;
  /** From this commit on no text was handed over. */
  readonly effectiveAt: Instant;
  readonly latencySeconds: number | null;
  readonly confirmation: {
    readonly sentAt: Instant | null;
    /** It did not arrive, as far as the gateway knows. */
    readonly failedAt: Instant | null;
    readonly text: string | null;
    readonly afterSeconds: number | null;
  } | null;
  readonly liftedAt: Instant | null;
  readonly liftedEvidence: Readonly<Record<string, unknown>> | null;
}

export interface EvidenceIdleOptIn {
  readonly at: Instant;
  /** Why the number is not texted all the same; empty where nothing was to be lifted. */
  readonly stillSuppressed: readonly string[];
  /** Empty when the person was erased. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

export interface EvidenceReview {
  readonly said: string;
  readonly family: string;
  readonly classifierVersion: string;
  readonly saidAt: Instant;
  readonly openedAt: Instant;
  readonly decidedAt: Instant | null;
  readonly decision: string | null;
  readonly decidedHow: string | null;
  readonly decidedBy: string | null;
}

export interface EvidenceDifference {
  readonly kind: OptOutDifference['kind'];
  readonly sentence: string;
  /** As the gateway refused it. */
  readonly code: string | null;
  readonly gatewayMessageId: string;
  readonly at: Instant;
  readonly foundAt: Instant;
}

export type EvidenceExemption = Omit<DncExemption, 'phone'>;

export interface EvidenceReassigned {
  /** Of the file of questions. */
  readonly id: string;
  /** The day of the question, and what shows that the number was the person's then. */
  readonly knownOn: string;
  readonly basis: string;
  readonly basisId: string;
  readonly askedAt: Instant;
  readonly askedBy: string;
  readonly answer: 'yes' | 'no' | 'no_data' | null;
  readonly answersOf: string | null;
  readonly answeredAt: Instant | null;
  readonly answersFile: string | null;
  readonly answersDigest: string | null;
}

export interface EvidenceValidation {
  readonly valid: boolean;
  readonly lineType: string;
  readonly carrier: string | null;
  readonly validator: string;
  readonly checkedAt: Instant;
}

export interface EvidenceCall {
  readonly id: string;
  readonly at: Instant;
  readonly direction: string | null;
  readonly state: string;
  readonly durationSeconds: number | null;
  readonly voicemail: string | null;
  readonly voicemailRecording: string | null;
  readonly summary: readonly string[] | null;
  readonly nextSteps: readonly string[] | null;
  readonly transcript: readonly TranscriptLine[] | null;
  readonly recordings: readonly string[];
}

export interface EvidenceErasure {
  readonly id: string;
  readonly erasedAt: Instant;
  readonly by: string;
  readonly reason: string;
  readonly removed: Removed;
  readonly kept: readonly {
    readonly record: string;
    readonly rows: number;
    readonly reason: string;
    readonly ruleVersion: string;
    readonly keepUntil: string | null;
    readonly forgottenAt: string | null;
  }[];
}
