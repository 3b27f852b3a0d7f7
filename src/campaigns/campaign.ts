import type { AudienceRule } from '../audiences/audience.ts';
import type { AskedConsent, ConsentPolicy } from '../compliance/consent-policy.ts';
import { askedConsent } from '../compliance/consent-policy.ts';
import type { Uuid } from '../platform/ids.ts';
import { conflict } from '../platform/refusal.ts';
import type { Instant } from '../platform/time.ts';
import type { SendingOptions } from './sending-options.ts';

/**
 * The life of a campaign (docs/state-machines.md has the diagram):
 *
 *   draft -> running <-> paused
 *                running, paused -> cancelled
 *                running -> completed
 */
export const CAMPAIGN_STATES = ['draft', 'running', 'paused', 'completed', 'cancelled'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

export const ENROLLMENT_STATES = [
  'pending',
  'handing_over',
  'unknown',
  'sent',
  'delivered',
  'failed',
  'skipped',
] as const;
export type EnrollmentState = (typeof ENROLLMENT_STATES)[number];
/** Nothing more is to be handed over for an enrollment in any other state. */
export const OPEN_ENROLLMENT_STATES = [
  'pending',
  'handing_over',
  'unknown',
] as const satisfies readonly EnrollmentState[];

export interface VariantRow {
  readonly id: Uuid;
  readonly label: string;
  readonly weight: number;
  readonly body: string;
}

export interface Totals {
  readonly pending: number;
  readonly handingOver: number;
  readonly unknown: number;
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  readonly skipped: number;
  readonly replied: number;
  readonly optedOut: number;
  readonly parts: number;
  /** Texts that the gateway took: those sent, those delivered, and those that failed after it had taken them. */
  readonly accepted: number;
}

export const NO_TOTALS: Totals = {
  pending: 0,
  handingOver: 0,
  unknown: 0,
  sent: 0,
  delivered: 0,
  failed: 0,
  skipped: 0,
  replied: 0,
  optedOut: 0,
  parts: 0,
  accepted: 0,
};

export const addTotals = (a: Totals, b: Totals): Totals => ({
  pending: a.pending + b.pending,
  handingOver: a.handingOver + b.handingOver,
  unknown: a.unknown + b.unknown,
  sent: a.sent + b.sent,
  delivered: a.delivered + b.delivered,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  replied: a.replied + b.replied,
  optedOut: a.optedOut + b.optedOut,
  parts: a.parts + b.parts,
  accepted: a.accepted + b.accepted,
});

export const enrolledIn = (totals: Totals): number =>
  totals.pending +
  totals.handingOver +
  totals.unknown +
  totals.sent +
  totals.delivered +
  totals.failed +
  totals.skipped;
export const openIn = (totals: Totals): number => totals.pending + totals.handingOver + totals.unknown;

/** An owner's word that people are texted who have not agreed as the law asks. */
export interface ConsentWaiver {
  readonly reason: string;
  /** So many people were counted then; more of them need the owner's word again. */
  readonly people: number;
  readonly by: string;
  readonly at: string;
}

export interface Campaign extends SendingOptions {
  readonly id: Uuid;
  readonly name: string;
  readonly state: CampaignState;
  readonly stateReason: string | null;
  /** Null: nobody is chosen yet; only a draft may be like that. */
  readonly audience: AudienceRule | null;
  /** Null: launched before campaigns asked for consent. */
  readonly consent: ConsentPolicy | null;
  readonly consentWaiver: ConsentWaiver | null;
  /** The instant about which a person was asked whether the texts are still to go out. */
  readonly pointlessAsked: Instant | null;
  readonly revision: number;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly launchedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly variants: readonly VariantRow[];
  readonly laneIds: readonly Uuid[];
  /** By variant id; who was left out before a variant was assigned counts under `NO_VARIANT`. */
  readonly totalsByVariant: ReadonlyMap<Uuid, Totals>;
  readonly totals: Totals;
}

/**
 * What the campaign asks of the people whom it is launched for. An owner's word opens a policy of the law; a custom one says itself which
 * kinds will do, and the word is about those that are less than the law asks.
 */
export const consentAsked = (
  { consent, waived }: { readonly consent: ConsentPolicy | null; readonly waived: boolean },
  now: Instant,
): AskedConsent | null => askedConsent(consent, { now, waived: waived && consent?.policy !== 'custom' });

export const consentAtLaunch = (
  campaign: Pick<Campaign, 'consent' | 'consentWaiver'>,
  now: Instant,
): AskedConsent | null => consentAsked({ consent: campaign.consent, waived: campaign.consentWaiver !== null }, now);

/** The same of whoever comes later: an owner's word is about those of the launch, so that of the kinds the lawful ones remain. */
export function consentAfterLaunch({ consent }: Pick<Campaign, 'consent'>, now: Instant): AskedConsent | null {
  const asked = askedConsent(consent, { now, waived: false });
  return asked === null ? null : { ...asked, kinds: asked.kinds.filter((kind) => asked.lawfulKinds.includes(kind)) };
}

export const NO_VARIANT: Uuid = '00000000-0000-0000-0000-000000000000';

const ALLOWED: Readonly<Record<CampaignState, readonly string[]>> = {
  draft: ['edit', 'launch', 'delete'],
  running: ['edit sending', 'pause', 'cancel'],
  paused: ['edit sending', 'resume', 'cancel'],
  completed: [],
  cancelled: [],
};

/** The refusal of an act that the campaign's state does not allow; names the state and what is allowed in it. */
export const notInThisState = (campaign: Pick<Campaign, 'name' | 'state'>, act: string) =>
  conflict(
    `campaign "${campaign.name}" is ${campaign.state} and cannot be ${act}${ALLOWED[campaign.state].length === 0 ? '' : `; possible now: ${ALLOWED[campaign.state].join(', ')}`}`,
    { state: campaign.state, allowed: ALLOWED[campaign.state] },
  );
