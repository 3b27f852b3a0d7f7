import { createHash } from 'node:crypto';
import { getBusiness } from '../business/business-store.ts';
import { recordAudit } from '../compliance/audit-store.ts';
import { checkNumber } from '../compliance/dnc-exemptions.ts';
import { EVERY_VERSION } from '../compliance/every-rule.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import type { Clock } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import { type NewUuid, showId } from '../platform/ids.ts';
import { canonicalPieces } from '../platform/json-pieces.ts';
import { type Instant, instant, isBefore } from '../platform/time.ts';
import { shownBasis } from '../reassigned-numbers/ask-about.ts';
import { type AnsweredQuestion, readAskedAbout } from '../reassigned-numbers/check-store.ts';
import { type OptOutDifferenceView, readDifferencesOf } from '../reconciliation/list-opt-outs.ts';
import type { ProvenEntry } from './chain-proof.ts';
import { decideFindings } from './decide-findings.ts';
import type {
  Evidence,
  EvidenceDifference,
  EvidenceIdleOptIn,
  EvidenceLeftOut,
  EvidenceOptOut,
  EvidenceReassigned,
  EvidenceText,
  EvidenceWaiting,
} from './evidence.ts';
import {
  type LeftOutRow,
  type NumberKeys,
  type OptOutRow,
  type PartRow,
  readCalls,
  readConsents,
  readContact,
  readErasures,
  readExemptions,
  readLeftOut,
  readMergedInto,
  readNumberKeys,
  readOptOuts,
  readReviews,
  readSubmissions,
  readTexts,
  readValidation,
  readWaiting,
  type TextRow,
} from './evidence-store.ts';
import { readProof } from './read-proof.ts';

/** Of each kind of record, the newest: one person, not a mailing. */
const RECORDS_MAX = 10_000;

export interface EvidenceQuery {
  readonly phone: string;
  readonly now: Instant;
  readonly version: string;
}

/** Everything that is known of one number, as it was at one instant of the database. */
export async function readEvidence(db: Db, query: EvidenceQuery): Promise<Evidence> {
  return runTx(db, (tx) => readAll(tx, query), { timeoutMs: 120_000 });
}

/** The same, for somebody who takes it along: the audit log has who did, before they have it. */
export async function exportEvidence(
  services: { readonly db: Db; readonly clock: Clock; readonly newUuid: NewUuid },
  request: {
    readonly phone: string;
    readonly version: string;
    readonly format: 'json' | 'pdf' | 'page';
    readonly actor: string;
  },
): Promise<Evidence> {
  const { db, clock, newUuid } = services;
  const { phone, version, format, actor } = request;
  const now = clock.now();
  await runTx(db, async (tx) => {
    const keys = await readNumberKeys(tx, phone);
    // Who was erased is not written down again because somebody looked.
    const named = (await readContact(tx, phone)) === undefined ? (keys[1] ?? phone) : phone;
    await recordAudit(tx, {
      ...{
        id: newUuid(),
        at: now,
        actor,
        action: 'evidence.exported',
        subject: named,
        phone: named,
        detail: { format },
      },
    });
  });
  return readEvidence(db, { phone, now, version });
}

async function readAll(tx: Tx, { phone, now, version }: EvidenceQuery): Promise<Evidence> {
  const keys = await readNumberKeys(tx, phone);
  const { name, zone } = await getBusiness(tx);
  const contact = await readContact(tx, phone);
  const mergedInto = await readMergedInto(tx, phone);
  const consents = await readConsents(tx, keys, RECORDS_MAX);
  const texts = (await readTexts(tx, keys, RECORDS_MAX)).map(textOf);
  const optOuts = (await readOptOuts(tx, keys, RECORDS_MAX)).map((row) => optOutOf(row, texts));
  const submissions = await readSubmissions(tx, keys, RECORDS_MAX);
  const differences = await readDifferencesOf(tx, phone, RECORDS_MAX);
  const calls = await readCalls(tx, phone, RECORDS_MAX);
  const leftOut = await readLeftOut(tx, contact?.id ?? null, RECORDS_MAX);
  const waiting = await readWaiting(tx, contact?.id ?? null, RECORDS_MAX);
  const reviews = await readReviews(tx, keys, RECORDS_MAX);
  const onLists = await doNotCall(tx, keys);
  const reassigned = await readAskedAbout(tx, keys, RECORDS_MAX);
  const proof = await readProof(tx, { phones: keys }, RECORDS_MAX);
  const shownConsents = consents.map((event) => ({ ...event, id: showId('consent', event.id) }));
  const evidence: Omit<Evidence, 'digest'> = {
    format: 'textwright-evidence',
    formatVersion: 1,
    number: phone,
    seller: name,
    zone,
    generatedAt: now,
    generatorVersion: version,
    contact: contact === undefined ? null : { ...contact, id: showId('contact', contact.id) },
    mergedInto: mergedInto === null ? null : showId('contact', mergedInto),
    consents: consents.map((event) => ({
      ...event,
      id: showId('consent', event.id),
      erased: event.evidence['erased'] === true,
    })),
    submissions,
    texts,
    leftOut: leftOut.map(leftOutOf),
    waiting: waiting.map(partOf),
    optOuts,
    optInsWithoutEffect: proof.entries
      .filter(({ action }) => action === 'number.opt_in_without_effect')
      .map(idleOptInOf),
    reviews,
    differences: differences.map(differenceOf),
    doNotCall: onLists,
    reassigned: reassigned.map(reassignedOf),
    validation: await readValidation(tx, phone),
    calls: calls.map((call) => ({ ...call, id: showId('call', call.id) })),
    erasures: (await readErasures(tx, keys)).map(({ id, actorName, ...rest }) => ({
      ...rest,
      id: showId('erasure', id),
      by: actorName,
    })),
    ruleVersions: EVERY_VERSION,
    findings: decideFindings({ texts, optOuts, consents: shownConsents }),
    complete: [
      ...[consents, submissions, texts, optOuts, differences, calls, leftOut, waiting],
      ...[reviews, onLists.exemptions, reassigned],
    ].every((list) => list.length < RECORDS_MAX),
    proof,
  };
  return { ...evidence, digest: digestOfAll(evidence) };
}

/** Of what is in the file: instants are text there. */
export function digestOfAll(document: object): string {
  const hash = createHash('sha256');
  for (const piece of canonicalPieces(document)) hash.update(piece);
  return hash.digest('hex');
}

async function doNotCall(tx: Tx, keys: NumberKeys): Promise<Evidence['doNotCall']> {
  const { listedOn, scrubbed } = await checkNumber(tx, keys[0]);
  const exemptions = await readExemptions(tx, keys, RECORDS_MAX);
  return {
    listedOn: listedOn.map((list) => ({ ...list, id: showId('dncList', list.id) })),
    scrubbed,
    exemptions: exemptions.map((one) => ({ ...one, id: showId('dncExemption', one.id) })),
  };
}

const reassignedOf = (row: AnsweredQuestion): EvidenceReassigned => ({
  id: showId('reassignedCheck', row.checkId),
  knownOn: row.knownOn,
  basis: row.basis,
  basisId: shownBasis(row.basis, row.basisId),
  askedAt: row.askedAt,
  askedBy: row.askedBy,
  answer: row.answer,
  answersOf: row.asOf,
  answeredAt: row.answer === null ? null : row.answeredAt,
  answersFile: row.file,
  answersDigest: row.digest,
});

const differenceOf = ({ kind, sentence, code, gatewayId, at, foundAt }: OptOutDifferenceView): EvidenceDifference => ({
  ...{ kind, sentence, code, at, foundAt },
  gatewayMessageId: gatewayId,
});

const textOf = (row: TextRow): EvidenceText => ({
  id: showId('message', row.id),
  direction: row.direction,
  purpose: row.purpose,
  text: row.erased ? null : row.body,
  digest: row.digest,
  encoding: row.encoding,
  parts: row.parts,
  media: row.media,
  state: row.state,
  failureCode: row.failureCode,
  ourNumber: row.lanePhone,
  campaign:
    row.campaignId === null
      ? null
      : { id: showId('campaign', row.campaignId), name: row.campaignName ?? '', variant: row.variant },
  waiver: row.waiver,
  writtenBy: row.createdBy,
  gatewayMessageId: row.gatewayMessageId,
  at: row.createdAt,
  handedOverAt: row.attemptedAt,
  sentAt: row.sentAt,
  deliveredAt: row.deliveredAt,
  failedAt: row.failedAt,
  classification: row.classification,
  decision: row.decision,
  consentId: row.consentEventId === null ? null : showId('consent', row.consentEventId),
  attempts: row.attempts,
});

function idleOptInOf({ at, detail }: ProvenEntry): EvidenceIdleOptIn {
  const { stillSuppressed = [], evidence = {} } = detail as Partial<EvidenceIdleOptIn>;
  return { at: instant(at), stillSuppressed, evidence };
}

const partOf = ({ at, campaignId, campaignName }: PartRow): EvidenceWaiting => ({
  at,
  campaign: { id: showId('campaign', campaignId), name: campaignName },
});

const leftOutOf = (row: LeftOutRow): EvidenceLeftOut => {
  const { state, code } = row;
  return { ...partOf(row), state, code, sentence: sentenceFor(code).sentence };
};

function optOutOf(row: OptOutRow, texts: readonly EvidenceText[]): EvidenceOptOut {
  const { createdAt: effectiveAt, liftedAt } = row;
  const said = row.evidence['saidAt'];
  const saidAt = typeof said === 'string' ? instant(said) : null;
  const confirmation = texts.findLast(
    ({ purpose, at }) =>
      purpose === 'opt_out_confirmation' && !isBefore(at, effectiveAt) && (liftedAt === null || isBefore(at, liftedAt)),
  );
  return {
    reason: row.reason,
    channel: row.channel,
    evidence: row.evidence,
    saidAt,
    effectiveAt,
    latencySeconds: saidAt === null ? null : secondsBetween(saidAt, effectiveAt),
    confirmation:
      confirmation === undefined
        ? null
        : {
            sentAt: confirmation.sentAt,
            failedAt: confirmation.failedAt,
            text: confirmation.text,
            afterSeconds:
              confirmation.sentAt === null ? null : secondsBetween(saidAt ?? effectiveAt, confirmation.sentAt),
          },
    liftedAt,
    liftedEvidence: row.liftedEvidence,
  };
}

const secondsBetween = (from: Instant, until: Instant): number =>
  (until.epochMilliseconds - from.epochMilliseconds) / 1_000;
