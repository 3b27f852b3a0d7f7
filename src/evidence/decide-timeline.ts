import type { ConsentWaiver } from '../campaigns/campaign.ts';
import { storedChecks } from '../campaigns/decide-stored-checks.ts';
import { eventSentence } from '../compliance/consent-words.ts';
import { channelWords } from '../contacts/timeline-entry.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import type {
  Evidence,
  EvidenceCall,
  EvidenceContact,
  EvidenceIdleOptIn,
  EvidenceOptOut,
  EvidenceReassigned,
  EvidenceText,
} from './evidence.ts';

/** One thing that happened, as a reader without the program understands it. */
export interface EvidenceEntry {
  readonly at: Instant;
  readonly kind:
    | 'consent'
    | 'form'
    | 'text_out'
    | 'text_in'
    | 'opt_out'
    | 'opt_in'
    | 'review'
    | 'left_out'
    | 'waiting'
    | 'check'
    | 'call'
    | 'erasure'
    | 'contact';
  readonly title: string;
  /** Of a text: its exact words; null when they are gone or there are none. */
  readonly text: string | null;
  readonly lines: readonly string[];
}

/** Everything about one number in the order in which it happened. */
export function decideTimeline(evidence: Evidence): readonly EvidenceEntry[] {
  const { number, zone } = evidence;
  const entries: readonly EvidenceEntry[] = [
    ...contactEntries(evidence),
    ...evidence.consents.map(
      (event): EvidenceEntry => ({
        ...{ at: event.occurredAt, kind: 'consent', text: event.wording },
        title: eventSentence(event),
        lines: [
          `Given to: ${event.seller}. Recorded ${event.recordedAt.toString()} by ${event.recordedBy}. Record ${event.id}.`,
          ...(event.wording === null
            ? []
            : [
                `The exact words are above; version ${event.wordingVersion ?? 'not named'}, language ${event.language ?? 'not named'}.`,
              ]),
          ...(event.validUntil === null ? [] : [`Ends ${event.validUntil.toString()}.`]),
          `What shows it: ${evidenceWords(event.evidence)}`,
        ],
      }),
    ),
    ...evidence.submissions.map(
      ({ at, form, firstName, lastName }): EvidenceEntry => ({
        ...{ at, kind: 'form', text: null },
        title: `The form ${form} was sent in with this number`,
        lines: firstName === null && lastName === null ? [] : [`Name: ${nameOf({ firstName, lastName })}.`],
      }),
    ),
    ...evidence.texts.map((text) => textEntry(text, { number, zone })),
    ...evidence.optOuts.flatMap(optOutEntries),
    ...evidence.optInsWithoutEffect.map(idleOptInEntry),
    ...evidence.reviews.map(
      (review): EvidenceEntry => ({
        ...{ at: review.openedAt, kind: 'review', text: review.said === '' ? null : review.said },
        title: 'An unclear reply held all campaign texts to this number',
        lines: [
          `Understood as ${review.family.replaceAll('_', ' ')} by rules ${review.classifierVersion}.`,
          review.decidedAt === null
            ? 'Not decided yet.'
            : `Decided ${review.decidedAt.toString()}: ${(review.decision ?? '').replaceAll('_', ' ')}, by ${review.decidedBy ?? 'nobody'} (${review.decidedHow ?? ''}).`,
        ],
      }),
    ),
    ...evidence.differences.map(
      ({ at, foundAt, sentence, code, gatewayMessageId }): EvidenceEntry => ({
        ...{ at: foundAt, kind: 'check', text: null },
        title: 'The books of the provider differed from ours about an opt-out',
        lines: [
          `${sentence}.`,
          `Of ${at.toString()}; the gateway’s id ${gatewayMessageId}${code === null ? '' : `, code ${code}`}.`,
        ],
      }),
    ),
    ...evidence.leftOut.map(
      ({ at, campaign, sentence }): EvidenceEntry => ({
        ...{ at, kind: 'left_out', text: null },
        title: `Not texted by campaign ${campaign.name}`,
        lines: [`${sentence}.`],
      }),
    ),
    ...evidence.waiting.map(
      ({ at, campaign }): EvidenceEntry => ({
        ...{ at, kind: 'waiting', text: null, lines: [] },
        title: `Chosen for campaign ${campaign.name}, which has not texted them yet`,
      }),
    ),
    ...evidence.reassigned.map(reassignedEntry),
    ...checkEntries(evidence),
    ...evidence.calls.map(callEntry),
    ...evidence.erasures.map(
      (erasure): EvidenceEntry => ({
        ...{ at: erasure.erasedAt, kind: 'erasure', text: null },
        title: `The person was erased by ${erasure.by}`,
        lines: [
          `Reason: ${erasure.reason}. Record ${erasure.id}.`,
          `Removed: ${Object.entries(erasure.removed)
            .map(([what, rows]) => `${rows} ${what}`)
            .join(', ')}.`,
          ...erasure.kept.map(
            ({ record, rows, reason, keepUntil }) =>
              `Kept without number and words: ${rows} ${record}, ${keepUntil === null ? 'as long as this business texts' : `until ${keepUntil.slice(0, 10)}`}. ${reason}`,
          ),
        ],
      }),
    ),
  ];
  return entries.toSorted((one, other) => (isBefore(one.at, other.at) ? -1 : isBefore(other.at, one.at) ? 1 : 0));
}

export const nameOf = ({ firstName, lastName }: Pick<EvidenceContact, 'firstName' | 'lastName'>): string =>
  [firstName, lastName].filter(Boolean).join(' ');

function contactEntries({ contact }: Evidence): readonly EvidenceEntry[] {
  if (contact === null) return [];
  const from = contact.importFile === null ? contact.source : `the file ${contact.importFile}`;
  return [
    {
      at: contact.createdAt,
      kind: 'contact',
      text: null,
      title: `Became a contact (${from})`,
      lines: [`Record ${contact.id}.`],
    },
  ];
}

function textEntry(text: EvidenceText, about: { readonly number: string; readonly zone: string }): EvidenceEntry {
  const { direction, at, digest, ourNumber } = text;
  const gone = text.text === null ? ['The words were erased with the person.'] : [];
  const exact = `SHA-256 of the exact text: ${digest}`;
  if (direction === 'inbound')
    return {
      ...{ at, kind: 'text_in', text: text.text },
      title: `Wrote to ${ourNumber}`,
      lines: [...gone, ...understood(text), exact],
    };
  return {
    ...{ at: text.handedOverAt ?? at, kind: 'text_out', text: text.text },
    title: `${purposeWords(text)} from ${ourNumber}: ${stateWords(text)}`,
    lines: [
      ...gone,
      `${text.encoding}, ${text.parts} ${text.parts === 1 ? 'part' : 'parts'}; the gateway’s id ${text.gatewayMessageId ?? 'is not known'}; record ${text.id}.`,
      times(text),
      ...(text.consentId === null ? [] : [`Rested on the consent ${text.consentId}.`]),
      ...(text.decision === null ? [] : decisionLines(text, about)),
      exact,
    ],
  };
}

/** Why it was allowed: every rule with its version, as they were then. */
function decisionLines(
  { decision, waiver }: EvidenceText,
  { number, zone }: { readonly number: string; readonly zone: string },
): readonly string[] {
  if (decision === null) return [];
  const consent = 'consent' in decision ? decision.consent : undefined;
  return [
    ...storedChecks(decision, { phone: number, zone }).map(
      ({ sentence, version, inputs }) =>
        `Checked: ${sentence}${version === undefined ? '' : ` (rules ${version}${'holidays' in inputs ? `, holidays ${String(inputs['holidays'])}` : ''})`}${'zoneGroup' in inputs ? `; may be in ${String(inputs['zoneGroup'])}` : ''}.`,
    ),
    ...(consent === undefined
      ? []
      : [
          `Checked: consent for ${consent.purpose} texts: ${consent.kind?.replaceAll('_', ' ') ?? 'none'}${consent.waived === true ? `, waived by ${waiver === null ? 'an owner' : waiverWords(waiver)}` : ''}${consent.policy === undefined ? '' : ` (policy ${consent.policy}${consent.ruleVersion === undefined ? '' : `, rules ${consent.ruleVersion}`})`}.`,
        ]),
  ];
}

export const waiverWords = ({ by, at, people, reason }: ConsentWaiver): string =>
  `${by}, ${at}, for ${people} people without it: ${reason}`;

const understood = ({ classification }: EvidenceText): readonly string[] =>
  classification === null
    ? []
    : [
        `Understood as ${String(classification['outcome'] ?? 'nothing')}${classification['tier'] == null ? '' : `, tier ${String(classification['tier'])}`}${typeof classification['matched'] === 'string' ? `, because of “${classification['matched']}”` : ''}${typeof classification['likelihood'] === 'number' ? `, with a likelihood of ${Math.round(100 * classification['likelihood'])} % by its words` : ''}; rules ${String(classification['classifierVersion'] ?? '')}.`,
      ];

function purposeWords({ purpose, campaign, writtenBy }: EvidenceText): string {
  switch (purpose) {
    case 'campaign':
      return `Text of campaign ${campaign?.name ?? 'unknown'}${campaign?.variant == null ? '' : ` (variant ${campaign.variant})`}`;
    case 'reply':
      return `Reply by ${writtenBy ?? 'staff'}`;
    case 'elsewhere':
      return 'Text that was not sent by this program';
    case 'opt_out_confirmation':
      return 'Confirmation of the opt-out';
    case 'opt_in_confirmation':
      return 'Confirmation of the opt-in';
    case 'opt_in_request':
      return 'Question whether the opt-in was theirs';
    default:
      return 'Answer to HELP';
  }
}

const stateWords = ({ state, failureCode }: EvidenceText): string =>
  failureCode === null
    ? state.replaceAll('_', ' ')
    : `${state.replaceAll('_', ' ')} (${sentenceFor(failureCode).sentence})`;

const times = ({ handedOverAt, sentAt, deliveredAt, failedAt }: EvidenceText): string =>
  [
    ['Handed over', handedOverAt],
    ['accepted', sentAt],
    ['delivered', deliveredAt],
    ['failed', failedAt],
  ]
    .flatMap(([what, at]) => (at === null ? [] : [`${String(what)} ${String(at)}`]))
    .join(', ') || 'Never handed over';

function optOutEntries(optOut: EvidenceOptOut): readonly EvidenceEntry[] {
  const { channel, reason, effectiveAt, saidAt, latencySeconds, confirmation, liftedAt, liftedEvidence } = optOut;
  const said = optOut.evidence['text'];
  const stopped: EvidenceEntry = {
    ...{ at: effectiveAt, kind: 'opt_out', text: typeof said === 'string' ? said : null },
    title: `${sentenceFor(reason).sentence} (${channelWords(channel)})`,
    lines: [
      saidAt === null
        ? `In effect from ${effectiveAt.toString()}.`
        : `Said ${saidAt.toString()}, in effect ${effectiveAt.toString()}: ${latencySeconds} seconds later.`,
      ...(isOptOut(optOut) ? [confirmationLine(confirmation)] : []),
      `What shows it: ${evidenceWords(optOut.evidence)}`,
    ],
  };
  if (liftedAt === null) return [stopped];
  const lines = [`What shows it: ${evidenceWords(liftedEvidence ?? {})}`];
  return [stopped, { at: liftedAt, kind: 'opt_in', title: 'Asked to be texted again', text: null, lines }];
}

/** That a number cannot be reached is nobody's word. */
export const isOptOut = ({ reason }: Pick<EvidenceOptOut, 'reason'>): boolean => reason !== 'invalid_number';

function confirmationLine(confirmation: EvidenceOptOut['confirmation']): string {
  if (confirmation === null || confirmation.sentAt === null) return 'No confirmation of ours went out.';
  const { afterSeconds, failedAt } = confirmation;
  return failedAt === null
    ? `A confirmation went out ${afterSeconds} seconds after it was said.`
    : `A confirmation went out ${afterSeconds} seconds after it was said, and did not arrive.`;
}

const idleOptInEntry = ({ at, stillSuppressed, evidence }: EvidenceIdleOptIn): EvidenceEntry => ({
  ...{ at, kind: 'opt_in', text: typeof evidence['text'] === 'string' ? evidence['text'] : null },
  title: 'Asked to be texted again, which had no effect',
  lines: [
    stillSuppressed.length === 0
      ? 'No opt-out was in force that it could have lifted.'
      : `What was said at the same moment or later stays in force: ${stillSuppressed.map((reason) => sentenceFor(reason).sentence).join('; ')}.`,
    `What shows it: ${evidenceWords(evidence)}`,
  ],
});

function callEntry(call: EvidenceCall): EvidenceEntry {
  const { at, direction, state, durationSeconds, voicemail, summary, nextSteps, transcript } = call;
  const recordings = [...call.recordings, ...(call.voicemailRecording === null ? [] : [call.voicemailRecording])];
  return {
    ...{ at, kind: 'call', text: voicemail ?? summary?.join('\n') ?? null },
    title: `Call ${direction === 'outbound' ? 'to' : 'from'} this number: ${state}`,
    lines: [
      ...(durationSeconds === null ? [] : [`${durationSeconds} seconds.`]),
      ...(recordings.length === 0 ? [] : [`Recorded: ${recordings.join(', ')}`]),
      ...(voicemail === null || summary === null ? [] : [`Summary: ${summary.join(' ')}`]),
      ...(nextSteps === null || nextSteps.length === 0 ? [] : [`Next steps: ${nextSteps.join(' ')}`]),
      ...(transcript === null || transcript.length === 0
        ? []
        : [`Transcript: ${transcript.map(({ speaker, text }) => `${speaker}: ${text}`).join(' / ')}`]),
    ],
  };
}

const ANSWER_WORDS = {
  yes: 'it was, and may be somebody else’s',
  no: 'it was not',
  no_data: 'it does not know, which protects nobody',
} as const;

function reassignedEntry(asked: EvidenceReassigned): EvidenceEntry {
  const { knownOn, basis, basisId, answer, answersOf, answeredAt, answersFile, answersDigest } = asked;
  return {
    ...{ at: answeredAt ?? asked.askedAt, kind: 'check', text: null },
    title: `Reassigned Numbers Database, whether the number was given up on ${knownOn} or later: ${answer === null ? 'not answered' : ANSWER_WORDS[answer]}`,
    lines: [
      `That day is of the ${basis.replaceAll('_', ' ')} ${basisId}. Asked ${asked.askedAt.toString()} by ${asked.askedBy}. Record ${asked.id}.`,
      ...(answer === null
        ? []
        : [`Answered with the data of ${answersOf}, in the file ${answersFile} (SHA-256 ${answersDigest}).`]),
    ],
  };
}

function checkEntries({ validation, doNotCall, generatedAt }: Evidence): readonly EvidenceEntry[] {
  const none = { text: null, kind: 'check' } as const;
  const lists = doNotCall.listedOn.map(({ name, asOf }) => `On ${name}, as of ${asOf.toString().slice(0, 10)}.`);
  return [
    ...(validation === null
      ? []
      : [
          {
            ...{ ...none, at: validation.checkedAt },
            title: `Validated by ${validation.validator}: ${validation.valid ? validation.lineType.replaceAll('_', ' ') : 'not in use'}`,
            lines: validation.carrier === null ? [] : [`Carrier: ${validation.carrier}.`],
          },
        ]),
    ...doNotCall.scrubbed.map(({ service, checkedAt, codes }) => ({
      ...{ ...none, at: checkedAt, lines: [] },
      title: `Asked ${service.replaceAll('_', ' ')} about do-not-call lists: ${codes === '' ? 'on none' : codes}`,
    })),
    ...doNotCall.exemptions.map(({ createdAt, kind, reason, validUntil, endedAt, ruleVersion }) => ({
      ...{ ...none, at: createdAt },
      title: `Exempt from do-not-call registries: ${kind}`,
      lines: [`${reason}. Until ${(endedAt ?? validUntil).toString()} (rules ${ruleVersion}).`],
    })),
    {
      ...{ ...none, at: generatedAt },
      title: 'Do-not-call lists were asked for this document',
      lines: lists.length === 0 ? ['On none of them.'] : lists,
    },
  ];
}

const evidenceWords = (evidence: Readonly<Record<string, unknown>>): string => fieldWords(evidence) || 'nothing';

/** Field by field, also of what stands inside of a field. */
export const fieldWords = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([field, value]) => `${field} ${valueWords(value)}`)
    .join('; ');

const valueWords = (value: unknown): string =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? `(${evidenceWords({ ...value })})`
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
