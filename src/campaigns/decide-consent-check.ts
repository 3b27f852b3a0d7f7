import type { ConsentPurpose } from '../compliance/consent.ts';
import { type AskedConsent, policyWords } from '../compliance/consent-policy.ts';
import { grantSentence } from '../compliance/consent-words.ts';
import { type ConsentGrant, type ConsentNow, consentSentence } from '../compliance/read-consent.ts';
import type { Decision } from '../sending/decision.ts';
import type { RuleCheck } from './decide-checks.ts';

/** The consent of a person as it is now. Whether it forbids is for the rules (compliance/needs-consent.ts) to say. */
export function consentCheck(facts: {
  readonly consent: ConsentNow;
  readonly asked: AskedConsent | null;
  readonly zone: string;
}): RuleCheck {
  const { asked } = facts;
  const { purpose, standing, grant } = facts.consent;
  const sentence = consentSentence(facts.consent, facts.zone);
  return check(`${sentence}; ${asked === null ? 'the campaign’s policy does not ask for it' : asksFor(asked)}`, {
    purpose,
    grant,
    state: standing.state,
  });
}

function asksFor(asked: AskedConsent): string {
  if (asked.waived) return 'texted all the same by an owner’s word';
  return asked.kinds.length === 0
    ? 'the campaign takes less than the law asks, and so nobody after its launch'
    : `the campaign asks for ${policyWords(asked)}`;
}

/** The same as it was when a text was begun; nothing for a text of an earlier version, which did not look. */
export function storedConsentChecks(
  consent: Decision['consent'],
  { grant, zone }: { readonly grant: ConsentGrant | undefined; readonly zone: string },
): readonly RuleCheck[] {
  if (consent === undefined) return [];
  const sentence = grant === undefined ? 'No consent was in force' : grantSentence(grant, zone);
  const { purpose, ruleVersion: version } = consent;
  return [{ ...check(`${sentence}; ${askedThen(consent)}`, { purpose, grant }), version }];
}

function askedThen({ policy, waived }: NonNullable<Decision['consent']>): string {
  if (policy === undefined) return 'the campaign’s policy did not ask for it';
  return waived === true ? 'texted all the same by an owner’s word' : `the campaign’s policy was ${policy}`;
}

function check(
  sentence: string,
  about: {
    readonly purpose: ConsentPurpose;
    readonly grant: ConsentGrant | undefined;
    readonly state?: string;
  },
): RuleCheck {
  const { purpose, grant, state } = about;
  return {
    code: 'consent',
    kind: 'bars',
    forbids: false,
    sentence,
    remedy: '',
    inputs: {
      purpose,
      consentId: grant?.id ?? null,
      kind: grant?.kind ?? null,
      givenAt: grant?.occurredAt.toString() ?? null,
      source: grant?.source ?? null,
      wordingVersion: grant?.wordingVersion ?? null,
      validUntil: grant?.validUntil?.toString() ?? null,
      ...(state === undefined ? {} : { state }),
    },
  };
}
