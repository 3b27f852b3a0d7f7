import { getBusiness, getSendingPolicy } from '../business/business-store.ts';
import { hoursOf } from '../business/sending-policy.ts';
import { type Campaign, consentAtLaunch } from '../campaigns/campaign.ts';
import { getCampaign } from '../campaigns/campaign-store.ts';
import { policyWords } from '../compliance/consent-policy.ts';
import { consentRulesAt } from '../compliance/consent-rules.ts';
import { contentRulesAt } from '../compliance/content-rules.ts';
import { versionAt } from '../compliance/dated-rules.ts';
import { dncRulesAt } from '../compliance/dnc-rules.ts';
import { EVERY_VERSION, type RuleVersion } from '../compliance/every-rule.ts';
import { type NoteDeps, noteExport } from '../compliance/note-export.ts';
import { classifierVersionAt } from '../compliance/opt-out.ts';
import { optOutTermsAt } from '../compliance/opt-out-terms.ts';
import { HOLIDAYS } from '../compliance/quiet-hours-holidays.ts';
import { quietHoursAt } from '../compliance/quiet-hours-table.ts';
import { retentionRulesAt } from '../compliance/retention-rules.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import { runTx, type Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { maskPhone } from '../platform/phone-mask.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import type { ChainProof } from './chain-proof.ts';
import type { Finding } from './evidence.ts';
import { digestOfAll } from './read-evidence.ts';
import { readProof } from './read-proof.ts';
import {
  type Acknowledgement,
  countEnrollments,
  countHours,
  countRecords,
  type HoursCount,
  type ListInForce,
  type RecordsCount,
  readAcknowledgement,
  readListsInForce,
  readReportedOptOuts,
} from './report-store.ts';

/** By which rules a campaign was sent, and that it kept them. Numbers of people are masked: it is about all of them. */
export interface CampaignReport {
  readonly format: 'textwright-campaign-report';
  readonly formatVersion: 1;
  readonly seller: string;
  readonly zone: string;
  readonly generatedAt: Instant;
  readonly generatorVersion: string;
  readonly campaign: {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly createdBy: string;
    readonly launchedAt: Instant;
    readonly finishedAt: Instant | null;
    readonly audience: Campaign['audience'];
    readonly texts: readonly { readonly variant: string; readonly text: string }[];
  };
  /** Versions in force at the launch; each text has its own in its record. */
  readonly rules: Readonly<
    Record<
      | 'quietHours'
      | 'holidays'
      | 'consent'
      | 'doNotCall'
      | 'content'
      | 'optOutTimes'
      | 'retention'
      | 'optOutClassifier',
      string
    >
  >;
  /** What those versions are, and the ones that each text names. */
  readonly ruleVersions: readonly RuleVersion[];
  readonly consent: {
    readonly policy: Campaign['consent'];
    readonly asks: string | null;
    readonly waiver: Campaign['consentWaiver'];
  };
  /** Why texts went out that did not say to people who got their first one who sends it and how to stop. */
  readonly firstTexts: Acknowledgement | null;
  readonly hours: {
    /** What the owner and the campaign allow now, before each state's law narrows it. */
    readonly policy: ReturnType<typeof hoursOf>;
    readonly sent: readonly HoursCount[];
  };
  readonly people: readonly {
    readonly state: string;
    readonly code: string | null;
    readonly sentence: string;
    readonly people: number;
  }[];
  readonly records: RecordsCount;
  readonly optOuts: {
    readonly count: number;
    readonly medianSeconds: number | null;
    readonly p99Seconds: number | null;
    readonly slowestSeconds: number | null;
    readonly list: readonly {
      readonly phone: string;
      readonly saidAt: Instant;
      readonly effectiveAt: Instant;
      readonly latencySeconds: number;
      readonly channel: string;
    }[];
  };
  readonly doNotCall: readonly ListInForce[];
  readonly findings: readonly Finding[];
  readonly proof: ChainProof;
  readonly digest: string;
}

const OPT_OUTS_MAX = 10_000;
const ENTRIES_MAX = 10_000;

interface ReportRequest {
  readonly campaignId: Uuid;
  readonly version: string;
  readonly format: 'json' | 'pdf';
  readonly actor: string;
}

/** Whoever takes it along is in the audit log before they have it. */
export async function exportCampaignReport(
  services: NoteDeps,
  request: ReportRequest,
): Promise<Outcome<CampaignReport>> {
  const { db, clock } = services;
  const { campaignId, actor, format } = request;
  const subject = showId('campaign', campaignId);
  const campaign = await getCampaign(db, campaignId);
  if (campaign === undefined) return notFound('campaign', subject);
  const { launchedAt } = campaign;
  if (launchedAt === null)
    return conflict(`campaign "${campaign.name}" is a draft: there is nothing to report before its launch`, {
      state: campaign.state,
      allowed: ['launch'],
    });
  const now = clock.now();
  await noteExport(services, { actor, action: 'campaign.report_exported', subject, detail: { format } });
  const about = { campaign, launchedAt, now, version: request.version };
  return ok(await runTx(db, (tx) => readReport(tx, about), { timeoutMs: 120_000 }));
}

interface About {
  readonly campaign: Campaign;
  readonly launchedAt: Instant;
  readonly now: Instant;
  readonly version: string;
}

async function readReport(tx: Tx, { campaign, launchedAt, now, version }: About): Promise<CampaignReport> {
  const { name: seller, zone } = await getBusiness(tx);
  const id = showId('campaign', campaign.id);
  const asked = consentAtLaunch(campaign, launchedAt);
  const sent = await countHours(tx, campaign.id);
  const records = await countRecords(tx, campaign.id);
  const optOuts = await optOutsOf(tx, campaign.id);
  const report: Omit<CampaignReport, 'digest'> = {
    format: 'textwright-campaign-report',
    formatVersion: 1,
    seller,
    zone,
    generatedAt: now,
    generatorVersion: version,
    campaign: {
      ...{ id, name: campaign.name, state: campaign.state, createdBy: campaign.createdBy, launchedAt },
      finishedAt: campaign.finishedAt,
      audience: campaign.audience,
      texts: campaign.variants.map(({ label, body }) => ({ variant: label, text: body })),
    },
    rules: {
      quietHours: quietHoursAt(launchedAt).version,
      holidays: versionAt(HOLIDAYS.versions, launchedAt).version,
      consent: consentRulesAt(launchedAt).version,
      doNotCall: dncRulesAt(launchedAt).version,
      content: contentRulesAt(launchedAt).version,
      optOutTimes: optOutTermsAt(launchedAt).version,
      retention: retentionRulesAt(launchedAt).version,
      optOutClassifier: classifierVersionAt(launchedAt),
    },
    ruleVersions: EVERY_VERSION,
    consent: {
      policy: campaign.consent,
      asks: asked === null ? null : policyWords(asked),
      waiver: campaign.consentWaiver,
    },
    firstTexts: await readAcknowledgement(tx, id),
    hours: { policy: hoursOf(await getSendingPolicy(tx), campaign), sent },
    people: (await countEnrollments(tx, campaign.id)).map((count) => ({
      ...count,
      sentence: count.code === null ? '' : sentenceFor(count.code).sentence,
    })),
    records,
    optOuts,
    doNotCall: await readListsInForce(tx, { from: launchedAt, until: campaign.finishedAt ?? now }),
    findings: findingsOf({ records, sent, optOuts }),
    proof: await readProof(tx, { subject: id }, ENTRIES_MAX),
  };
  return { ...report, digest: digestOfAll(report) };
}

async function optOutsOf(tx: Tx, campaignId: Uuid): Promise<CampaignReport['optOuts']> {
  const list = (await readReportedOptOuts(tx, campaignId, OPT_OUTS_MAX)).map(
    ({ phone, saidAt, effectiveAt, channel }) => ({
      phone: phone.startsWith('erased') ? 'erased' : maskPhone(phone),
      saidAt,
      effectiveAt,
      latencySeconds: (effectiveAt.epochMilliseconds - saidAt.epochMilliseconds) / 1_000,
      channel,
    }),
  );
  const sorted = list.map(({ latencySeconds }) => latencySeconds).toSorted((one, other) => one - other);
  const at = (share: number): number | null => sorted[Math.ceil(share * sorted.length) - 1] ?? null;
  return { count: list.length, medianSeconds: at(0.5), p99Seconds: at(0.99), slowestSeconds: at(1), list };
}

/** 47 CFR 64.1200(a)(10) leaves ten business days; here it is a matter of seconds. */
const PROMPT_SECONDS = 60;

function findingsOf({
  records,
  sent,
  optOuts,
}: Pick<CampaignReport, 'records' | 'optOuts'> & { readonly sent: readonly HoursCount[] }): readonly Finding[] {
  const { texts, decided, rested, waived, suppressed } = records;
  const late = sent.reduce((sum, hours) => sum + hours.late, 0);
  const slow = optOuts.list.filter(({ latencySeconds }) => latencySeconds > PROMPT_SECONDS).length;
  return [
    {
      holds: suppressed === 0,
      sentence: `Texts handed over while the number was suppressed: ${suppressed} of ${texts}.`,
    },
    { holds: late === 0, sentence: `Texts handed over after the hours of the person had closed: ${late} of ${texts}.` },
    { holds: decided === texts, sentence: `Texts with the record of why they were allowed: ${decided} of ${texts}.` },
    {
      holds: rested + waived >= texts,
      sentence: `Texts that name the consent which was in force: ${rested} of ${texts}; by an owner’s word without it: ${waived}.`,
    },
    {
      holds: slow === 0,
      sentence: `Opt-outs in effect more than a minute after they were said: ${slow} of ${optOuts.count}.`,
    },
  ];
}
