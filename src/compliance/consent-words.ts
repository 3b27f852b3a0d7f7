import { dayWords } from '../platform/calendar.ts';
import { unreachable } from '../platform/result.ts';
import type { ConsentKind, ConsentSource, ConsentStanding } from './consent.ts';
import type { ConsentEvent } from './consent-evidence.ts';

/** How consents are told to people. Days are those of the business's zone. */
export const KIND_WORDS: Readonly<Record<ConsentKind, string>> = {
  express: 'Express consent',
  express_written: 'Express written consent',
};

const SOURCE_WORDS: Readonly<Record<ConsentSource, string>> = {
  web_form: 'a web form',
  keyword: 'a text',
  paper: 'a signed paper',
  voice: 'a recording',
  import: 'an import',
  member: 'a member’s note',
  opt_out: 'an opt-out',
  policy: 'the policy',
};

/** "a signed paper, wording v2", "web form v2" */
function sourceWords({ source, wordingVersion }: Pick<ConsentEvent, 'source' | 'wordingVersion'>): string {
  if (wordingVersion === null) return SOURCE_WORDS[source];
  return source === 'web_form' ? `web form ${wordingVersion}` : `${SOURCE_WORDS[source]}, wording ${wordingVersion}`;
}

/** "Express written consent of 3 May 2026 from web form v2" */
export const grantSentence = (
  grant: Pick<ConsentEvent, 'occurredAt' | 'source' | 'wordingVersion'> & { readonly kind: ConsentKind },
  zone: string,
): string => `${KIND_WORDS[grant.kind]} of ${dayWords(grant.occurredAt, zone)} from ${sourceWords(grant)}`;

/** What one event says: "Express written consent to marketing texts by web form v2", "Consent to all texts taken back by an opt-out" */
export function eventSentence(event: ConsentEvent): string {
  const { action, kind, purpose, needsConfirmation, documented, evidence } = event;
  const texts = purpose === 'all' ? 'all texts' : `${purpose} texts`;
  const policy = evidence['policy'];
  const by = typeof policy === 'string' ? `the policy that ${policy}` : sourceWords(event);
  switch (action) {
    case 'grant': {
      const given = `${kind === null ? 'Consent' : KIND_WORDS[kind]} to ${texts} by ${by}`;
      if (!documented) return `${given}; claimed without proof`;
      return needsConfirmation ? `${given}; to be confirmed` : given;
    }
    case 'confirm':
      return `Consent to ${texts} confirmed by ${by}`;
    case 'revoke':
      return `Consent to ${texts} taken back by ${by}`;
    case 'expire':
      return `Consent to ${texts} ended by ${by}`;
    default:
      return unreachable(action);
  }
}

/** Why there is no consent. */
export function noConsentSentence({ state, since }: ConsentStanding, zone: string): string {
  const day = since === null ? '' : dayWords(since, zone);
  switch (state) {
    case 'unknown':
      return 'No consent is recorded';
    case 'imported_unverified':
      return `An import claims a consent of ${day} without proof`;
    case 'pending':
      return `An opt-in of ${day} waits for the person’s confirmation`;
    case 'opted_out':
      return `Opted out on ${day}`;
    case 'expired':
      return `The consent ended on ${day}`;
    case 'express':
    case 'written':
      throw new Error(`a standing "${state}" has a consent in force, and none was given to describe`);
    default:
      return unreachable(state);
  }
}
