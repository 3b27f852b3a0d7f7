import { type Instant, isBefore } from '../platform/time.ts';
import type { EvidenceOptOut, EvidenceText, Finding } from './evidence.ts';

/** Texts that may still go out: the confirmation of the opt-out, an answer to HELP, and what others sent with our number. */
const ANSWERS: ReadonlySet<string> = new Set(['opt_out_confirmation', 'help', 'elsewhere']);

/** What the records say when they are asked what a court would ask. */
export function decideFindings(records: {
  readonly texts: readonly EvidenceText[];
  readonly optOuts: readonly EvidenceOptOut[];
  readonly consentIds: ReadonlySet<string>;
}): readonly Finding[] {
  const { texts, optOuts, consentIds } = records;
  const ours = texts.filter(({ direction, handedOverAt }) => direction === 'outbound' && handedOverAt !== null);
  const afterOptOut = ours.filter(
    (text) => !ANSWERS.has(text.purpose) && optOuts.some((optOut) => holdsAt(optOut, text.handedOverAt)),
  );
  const campaignTexts = ours.filter(({ purpose }) => purpose === 'campaign');
  const undecided = campaignTexts.filter(({ decision }) => decision === null);
  const unrested = campaignTexts.filter(({ consentId }) => consentId === null || !consentIds.has(consentId));
  if (ours.length === 0) return [{ holds: true, sentence: 'No text to this number was ever handed over.' }];
  const suppressed: Finding = {
    holds: afterOptOut.length === 0,
    sentence: `Texts handed over while the number was suppressed: ${afterOptOut.length} of ${ours.length}.`,
  };
  if (campaignTexts.length === 0) return [suppressed];
  return [
    suppressed,
    {
      holds: undecided.length === 0,
      sentence: `Campaign texts with the record of why they were allowed: ${campaignTexts.length - undecided.length} of ${campaignTexts.length}.`,
    },
    {
      holds: unrested.length === 0,
      sentence: `Campaign texts that name the consent which was in force: ${campaignTexts.length - unrested.length} of ${campaignTexts.length}.`,
    },
  ];
}

function holdsAt({ effectiveAt, liftedAt }: EvidenceOptOut, at: Instant | null): boolean {
  return at !== null && isBefore(effectiveAt, at) && (liftedAt === null || isBefore(at, liftedAt));
}
