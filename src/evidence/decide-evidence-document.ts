import type { RuleVersion } from '../compliance/every-rule.ts';
import { localTime } from '../platform/calendar.ts';
import type { Instant } from '../platform/time.ts';
import type { ChainProof } from './chain-proof.ts';
import { decideTimeline, fieldWords, isOptOut, nameOf } from './decide-timeline.ts';
import type { Block, PrintedDocument } from './document.ts';
import type { Evidence, Finding } from './evidence.ts';

/** The evidence of one number as a lawyer reads it: what is claimed, what shows it, how to check it. */
export function decideEvidenceDocument(evidence: Evidence): PrintedDocument {
  const { number, seller, zone, generatedAt, generatorVersion, complete, digest, findings, proof } = evidence;
  const when = (at: Instant): string => `${utc(at)} · ${localTime(at, zone)}`;
  return {
    title: `Records about ${number}`,
    subtitle: `${seller} · ${when(generatedAt)}`,
    footer: `${number} · made ${utc(generatedAt)} by Textwright ${generatorVersion} · SHA-256 ${digest}`,
    createdAt: generatedAt,
    blocks: [
      {
        kind: 'paragraph',
        text: 'This document tells everything that the system of the seller knows about one telephone number: what the person agreed to and took back, each text in its exact words with the record of why it was allowed, what the person wrote, and how soon each opt-out took effect. Times are UTC, then the local time of the business. The same records as JSON have the digest at the foot of each page.',
      },
      ...(complete
        ? []
        : [
            {
              kind: 'paragraph',
              text: 'There are more records than a document may hold; the newest are here.',
            } as const,
          ]),
      { kind: 'heading', text: 'Findings' },
      { kind: 'facts', facts: findingFacts(findings) },
      { kind: 'heading', text: 'Who' },
      { kind: 'facts', facts: identity(evidence) },
      { kind: 'heading', text: 'What happened' },
      ...decideTimeline(evidence).map(
        ({ at, title, text, lines }): Block => ({ kind: 'entry', when: when(at), title, text, lines }),
      ),
      ...versionBlocks(evidence.ruleVersions),
      ...proofBlocks(proof),
    ],
  };
}

function identity({
  contact,
  mergedInto,
  number,
  texts,
  consents,
  optOuts,
  erasures,
}: Evidence): readonly (readonly [string, string])[] {
  const asked = optOuts.filter(isOptOut);
  const counts: readonly (readonly [string, string])[] = [
    ['Number', number],
    [
      'Texts',
      `${texts.filter(({ direction }) => direction === 'outbound').length} from us, ${texts.filter(({ direction }) => direction === 'inbound').length} from the person`,
    ],
    ['Consent events', String(consents.length)],
    ['Opt-outs', `${asked.length}, ${asked.filter(({ liftedAt }) => liftedAt === null).length} of them in force`],
  ];
  if (contact === null) return [...counts, ['Contact', withoutContact({ mergedInto, erasures })]];
  const { company, email, street, city, state, postalCode, zoneGroup, otherNumbers, tags, attributes } = contact;
  return [
    ...counts,
    ...(
      [
        ['Name', nameOf(contact)],
        ['Company', company ?? ''],
        ['E-mail', email ?? ''],
        ['Address', [street, city, state, postalCode].filter(Boolean).join(', ')],
        ['States and zones', zoneGroup],
        ['Other numbers', otherNumbers.join(', ')],
        ['Tags', tags.join(', ')],
        ['Further fields', fieldWords(attributes)],
      ] as const
    ).filter(([, value]) => value !== ''),
  ];
}

function withoutContact({ mergedInto, erasures }: Pick<Evidence, 'mergedInto' | 'erasures'>): string {
  if (mergedInto !== null) return `merged into the contact ${mergedInto} of the same person`;
  return erasures.length > 0 ? 'none: the person was erased' : 'none has this number';
}

export const findingFacts = (findings: readonly Finding[]): readonly (readonly [string, string])[] =>
  findings.map(({ holds, sentence }) => [holds ? 'Kept' : 'NOT KEPT', sentence]);

export const versionBlocks = (versions: readonly RuleVersion[]): readonly Block[] => [
  { kind: 'heading', text: 'The rules that are named here by version' },
  {
    kind: 'facts',
    facts: versions.map(({ name, version, validFrom, validTo, digest, source }) => [
      `${name} ${version}`,
      `${validFrom} to ${validTo ?? 'now'}, by ${source}. SHA-256 ${digest}`,
    ]),
  },
];

export function proofBlocks({ entries, before, head, linked, unsealed }: ChainProof): readonly Block[] {
  return [
    { kind: 'heading', text: 'How to check that nothing was changed' },
    {
      kind: 'paragraph',
      text: 'Every act is written into a log that is only ever added to. Each entry has a digest (SHA-256 of its canonical JSON, RFC 8785), and a hash of the hash before it, its place, its time of sealing and its digest; whoever changes, removes or inserts an entry breaks all hashes behind it. The JSON file of these records holds the entries themselves and the digests that tie them to the head below; “textwright compliance verify” checks it without a database. A head that was noted earlier, outside of the system, must be in the chain.',
    },
    {
      kind: 'facts',
      facts: [
        ['Head of the log', `${head.seq}:${head.hash}`],
        ['Before the first', `${before.seq}:${before.hash}`],
        [
          'Entries here',
          `${entries.length}${unsealed === 0 ? '' : `, and ${unsealed} of the last second without a seal`}`,
        ],
        [
          'Tied to the head',
          linked
            ? 'yes, by the links in the JSON file'
            : 'too many links for a file: “textwright audit export” has them',
        ],
      ],
    },
    {
      kind: 'code',
      lines: entries.flatMap(({ seq, at, action, actor, hash }) => [
        `${seq}  ${at.slice(0, 19)}Z  ${action}  ${actor}`,
        `      ${hash}`,
      ]),
    },
  ];
}

export const utc = (at: Instant): string =>
  `${at.toString({ smallestUnit: 'second' }).replace('T', ' ').replace('Z', '')} UTC`;
