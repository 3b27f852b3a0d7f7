import type { ConsentPurpose } from '../compliance/consent.ts';
import { grantSentence } from '../compliance/consent-words.ts';
import { type ConsentGrant, type ConsentNow, consentSentence } from '../compliance/read-consent.ts';
import type { Decision } from '../sending/decision.ts';
import type { RuleCheck } from './decide-checks.ts';

/** The consent of a person as it is now. It forbids nothing, and says so: no campaign's policy asks for one. */
export function consentCheck(facts: { readonly consent: ConsentNow; readonly zone: string }): RuleCheck {
  const { purpose, standing, grant } = facts.consent;
  return check(`${consentSentence(facts.consent, facts.zone)}; the campaign’s policy does not ask for it`, {
    purpose,
    grant,
    state: standing.state,
  });
}

/** The same as it was when a text was begun; nothing for a text of an earlier version, which did not look. */
export function storedConsentChecks(
  consent: Decision['consent'],
  { grant, zone }: { readonly grant: ConsentGrant | undefined; readonly zone: string },
): readonly RuleCheck[] {
  if (consent === undefined) return [];
  const sentence = grant === undefined ? 'No consent was in force' : grantSentence(grant, zone);
  return [check(`${sentence}; the campaign’s policy did not ask for it`, { purpose: consent.purpose, grant })];
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
