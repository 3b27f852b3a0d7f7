import type { Instant } from '../platform/time.ts';
import { CAMPAIGN_PURPOSE, type ConsentKind, type ConsentPurpose } from './consent.ts';
import { CONSENT_RULES, consentRulesAt } from './consent-rules.ts';
import { KIND_WORDS } from './consent-words.ts';

export const CONSENT_POLICIES = ['marketing', 'informational', 'custom'] as const;

/** Which consent a campaign asks for: what the law asks of such texts, or any of the kinds that are named for a custom one. */
export type ConsentPolicy =
  | { readonly policy: 'marketing' | 'informational'; readonly kinds: null }
  | { readonly policy: 'custom'; readonly kinds: readonly ConsentKind[] };

export const DEFAULT_CONSENT_POLICY: ConsentPolicy = { policy: 'marketing', kinds: null };

/** What is asked of each person at an instant. */
export interface AskedConsent {
  readonly purpose: ConsentPurpose;
  readonly kinds: readonly ConsentKind[];
  /** What the law asks of texts for this purpose; a custom policy may take less. */
  readonly lawfulKinds: readonly ConsentKind[];
  /** An owner lets people through who have not agreed; never those who took it back. */
  readonly waived: boolean;
}

/** Null for a campaign from before there were policies: it asks for nothing. */
export function askedConsent(
  policy: ConsentPolicy | null,
  at: { readonly now: Instant; readonly waived: boolean },
  versions = CONSENT_RULES.versions,
): AskedConsent | null {
  if (policy === null) return null;
  const purpose = policy.policy === 'informational' ? 'informational' : CAMPAIGN_PURPOSE;
  const lawfulKinds = consentRulesAt(at.now, versions).kinds[purpose];
  return { purpose, kinds: policy.kinds ?? lawfulKinds, lawfulKinds, waived: at.waived };
}

/** Somebody may be texted who has not agreed as the law asks. */
export const reachesBeyondLaw = ({ kinds, lawfulKinds, waived }: AskedConsent): boolean =>
  waived || kinds.some((kind) => !lawfulKinds.includes(kind));

export const policyWords = ({ purpose, kinds }: Pick<AskedConsent, 'purpose' | 'kinds'>): string =>
  `${kinds.map((kind) => KIND_WORDS[kind].toLowerCase()).join(' or ')} to ${purpose} texts`;
