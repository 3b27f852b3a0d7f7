import type { ConsentEvent } from '../compliance/consent-evidence.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import type { EvidenceOptOut, EvidenceText, Finding } from './evidence.ts';

/** Texts that may still go out: the confirmation of the opt-out, and an answer to HELP. */
const ANSWERS: ReadonlySet<string> = new Set(['opt_out_confirmation', 'help']);

/** With ids as people see them. */
type Consent = Pick<
  ConsentEvent,
  'action' | 'purpose' | 'needsConfirmation' | 'validUntil' | 'occurredAt' | 'recordedAt'
> & { readonly id: string };

/** What the records say when they are asked what a court would ask. */
export function decideFindings(records: {
  readonly texts: readonly EvidenceText[];
  readonly optOuts: readonly EvidenceOptOut[];
  readonly consents: readonly Consent[];
}): readonly Finding[] {
  const { texts, optOuts, consents } = records;
  const outbound = texts.filter(({ direction }) => direction === 'outbound');
  const ours = outbound.filter(({ purpose, handedOverAt }) => purpose !== 'elsewhere' && handedOverAt !== null);
  const others = outbound.filter(({ purpose }) => purpose === 'elsewhere');
  const isAfterOptOut = (at: Instant | null): boolean => optOuts.some((optOut) => holdsAt(optOut, at));
  const byOthers = others.filter(({ at }) => isAfterOptOut(at)).length;
  return [
    ...(ours.length === 0
      ? [{ holds: true, sentence: 'No text to this number was ever handed over.' }]
      : oursFindings(ours, { isAfterOptOut, consents })),
    ...(byOthers === 0
      ? []
      : [
          {
            holds: false,
            sentence: `Texts from our numbers that were not sent by this program, while the number was suppressed: ${byOthers} of ${others.length}.`,
          },
        ]),
  ];
}

function oursFindings(
  ours: readonly EvidenceText[],
  known: { readonly isAfterOptOut: (at: Instant | null) => boolean; readonly consents: readonly Consent[] },
): readonly Finding[] {
  const afterOptOut = ours.filter(
    ({ purpose, handedOverAt }) => !ANSWERS.has(purpose) && known.isAfterOptOut(handedOverAt),
  );
  const campaignTexts = ours.filter(({ purpose }) => purpose === 'campaign');
  const decided = campaignTexts.filter(({ decision }) => decision !== null).length;
  const rested = campaignTexts.filter((text) => restsOnConsent(text, known.consents)).length;
  const suppressed: Finding = {
    holds: afterOptOut.length === 0,
    sentence: `Texts handed over while the number was suppressed: ${afterOptOut.length} of ${ours.length}.`,
  };
  if (campaignTexts.length === 0) return [suppressed];
  return [
    suppressed,
    {
      holds: decided === campaignTexts.length,
      sentence: `Campaign texts with the record of why they were allowed: ${decided} of ${campaignTexts.length}.`,
    },
    {
      holds: rested === campaignTexts.length,
      sentence: `Campaign texts that name the consent which was in force: ${rested} of ${campaignTexts.length}.`,
    },
  ];
}

function holdsAt({ effectiveAt, liftedAt }: EvidenceOptOut, at: Instant | null): boolean {
  return at !== null && isBefore(effectiveAt, at) && (liftedAt === null || isBefore(at, liftedAt));
}

/** Whether the consent that a text names had been given by then, confirmed where it had to be, and had neither ended nor been taken back. */
function restsOnConsent({ consentId, handedOverAt: at }: EvidenceText, consents: readonly Consent[]): boolean {
  const grant = consents.find(({ id }) => id === consentId);
  if (grant === undefined || at === null || isBefore(at, grant.occurredAt)) return false;
  if (grant.validUntil !== null && !isBefore(at, grant.validUntil)) return false;
  const since = consents.filter(
    ({ purpose, occurredAt, recordedAt }) =>
      [grant.purpose, 'all'].includes(purpose) && !isBefore(occurredAt, grant.occurredAt) && !isBefore(at, recordedAt),
  );
  if (since.some(({ action }) => action === 'revoke' || action === 'expire')) return false;
  return !grant.needsConfirmation || since.some(({ action }) => action === 'confirm');
}
