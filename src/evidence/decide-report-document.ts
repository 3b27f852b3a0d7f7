import { localTime } from '../platform/calendar.ts';
import type { Instant } from '../platform/time.ts';
import type { CampaignReport } from './campaign-report.ts';
import { findingFacts, proofBlocks, utc, versionBlocks } from './decide-evidence-document.ts';
import { waiverWords } from './decide-timeline.ts';
import type { Block, PrintedDocument } from './document.ts';

type Facts = Extract<Block, { readonly kind: 'facts' }>['facts'];

/** The compliance report of a campaign as a lawyer reads it. */
export function decideReportDocument(report: CampaignReport): PrintedDocument {
  const { campaign, seller, zone, generatedAt, generatorVersion, digest, findings, proof, rules, consent } = report;
  const when = (at: Instant): string => `${utc(at)} · ${localTime(at, zone)}`;
  return {
    title: `Compliance report: ${campaign.name}`,
    subtitle: `${seller} · ${when(generatedAt)}`,
    footer: `${campaign.id} · made ${utc(generatedAt)} by Textwright ${generatorVersion} · SHA-256 ${digest}`,
    createdAt: generatedAt,
    blocks: [
      {
        kind: 'paragraph',
        text: 'This document tells by which rules one campaign was sent and whether they were kept. It names nobody: the records of one person are a document of their own. Times are UTC, then the local time of the business.',
      },
      { kind: 'heading', text: 'Findings' },
      { kind: 'facts', facts: findingFacts(findings) },
      { kind: 'heading', text: 'The campaign' },
      {
        kind: 'facts',
        facts: [
          ['Record', campaign.id],
          ['State', campaign.state],
          ['Made by', campaign.createdBy],
          ['Launched', when(campaign.launchedAt)],
          ['Finished', campaign.finishedAt === null ? 'not yet' : when(campaign.finishedAt)],
          ['Audience', JSON.stringify(campaign.audience)],
        ],
      },
      ...campaign.texts.map(
        ({ variant, text }): Block => ({
          kind: 'entry',
          when: '',
          title: `Text of variant ${variant}`,
          text,
          lines: [],
        }),
      ),
      { kind: 'heading', text: 'Rules in force at the launch' },
      { kind: 'facts', facts: Object.entries(rules) },
      {
        kind: 'facts',
        facts: report.doNotCall.map((list) => [`Do-not-call list ${list.name}`, listWords(list)] as const),
      },
      { kind: 'heading', text: 'Consent' },
      { kind: 'facts', facts: consentFacts(consent) },
      ...firstTextBlocks(report.firstTexts),
      { kind: 'heading', text: 'Hours' },
      { kind: 'facts', facts: hoursFacts(report.hours, zone) },
      { kind: 'heading', text: 'Who was texted, and who was left out' },
      {
        kind: 'facts',
        facts: report.people.map(({ state, sentence, code, people }) => [
          code === null ? state.replaceAll('_', ' ') : `${state}, ${sentence === '' ? code : sentence.toLowerCase()}`,
          String(people),
        ]),
      },
      { kind: 'heading', text: 'Opt-outs in answer to it' },
      { kind: 'facts', facts: optOutFacts(report.optOuts) },
      {
        kind: 'code',
        lines: report.optOuts.list.map(
          ({ phone, saidAt, effectiveAt, latencySeconds, channel }) =>
            `${phone}  said ${utc(saidAt)}  in effect ${utc(effectiveAt)}  ${latencySeconds} s  ${channel}`,
        ),
      },
      ...versionBlocks(report.ruleVersions),
      ...proofBlocks(proof),
    ],
  };
}

const listWords = ({ kind, asOf, inForceFrom, inForceUntil }: CampaignReport['doNotCall'][number]): string =>
  `${kind}, as of ${asOf.toString().slice(0, 10)}, in force ${utc(inForceFrom)} to ${inForceUntil === null ? 'now' : utc(inForceUntil)}`;

function consentFacts({ policy, asks, waiver }: CampaignReport['consent']): Facts {
  const asked: Facts = [['Asked of each person', asks ?? 'nothing: launched before campaigns asked for consent']];
  if (policy === null || waiver === null) return asked;
  return [...asked, ['An owner’s word', waiverWords(waiver)]];
}

function firstTextBlocks(said: CampaignReport['firstTexts']): readonly Block[] {
  if (said === null) return [];
  return [
    { kind: 'heading', text: 'First texts' },
    {
      kind: 'facts',
      facts: [
        ...said.lacking.map((sentence) => ['Not said', sentence] as const),
        ['Launched as they are', `${said.by}, ${utc(said.at)}: ${said.reason}`],
      ],
    },
  ];
}

function hoursFacts({ policy, sent }: CampaignReport['hours'], zone: string): Facts {
  const window = policy.window;
  return [
    ['Owner’s preset', policy.preset],
    ...(window === undefined
      ? []
      : ([['Of the campaign', `${clock(window.startMinute)} to ${clock(window.endMinute)}`]] as const)),
    ...sent.map(
      ({ rule, table, texts, late, first, last }) =>
        [
          `${rule} (table ${table})`,
          `${texts} texts, ${late} late; ${localTime(first, zone)} to ${localTime(last, zone)}`,
        ] as const,
    ),
  ];
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

function optOutFacts({ count, medianSeconds, p99Seconds, slowestSeconds }: CampaignReport['optOuts']): Facts {
  if (count === 0) return [['Opt-outs', 'none']];
  return [
    ['Opt-outs', String(count)],
    [
      'From saying it to its effect',
      `${medianSeconds} s in the middle, ${p99Seconds} s of 99 in 100, ${slowestSeconds} s the slowest`,
    ],
  ];
}
