import { type ContentFinding, checkContent } from '../compliance/content-checks.ts';
import type { ContentRules } from '../compliance/content-rules.ts';
import type { Uuid } from '../platform/ids.ts';

/** What the checks of content found in the texts of one variant; of what is the same for several people, how many they are. */
export interface ContentTally {
  add(text: string, person: { readonly businessName: string; readonly isFirst: boolean }): void;
  readonly found: () => readonly Found[];
}

export interface Found {
  readonly finding: ContentFinding;
  readonly people: number;
}

/** By variant id: how many texts were looked at, and what the checks of content found in them. */
export type ContentByVariant = ReadonlyMap<Uuid, { readonly looked: number; readonly found: readonly Found[] }>;

/** What a first text must say; a launch asks for a reason where it does not (docs/decisions/0063). */
const isAskedOfFirstTexts = ({ code }: ContentFinding): boolean => code === 'no_sender' || code === 'no_opt_out';

/** What is warned of. Who has had a text of ours has been told how to stop. */
export const tallyContent = (rules: ContentRules): ContentTally =>
  tallyFindings(rules, (finding, isFirst) => (isFirst ? !isAskedOfFirstTexts(finding) : finding.code !== 'no_opt_out'));

/** What first texts must say and do not. */
export const tallyFirstTexts = (rules: ContentRules): ContentTally => tallyFindings(rules, isAskedOfFirstTexts);

function tallyFindings(
  rules: ContentRules,
  counts: (finding: ContentFinding, isFirst: boolean) => boolean,
): ContentTally {
  const found = new Map<string, { finding: ContentFinding; people: number }>();
  return {
    add(text, { businessName, isFirst }) {
      for (const finding of checkContent(text, { businessName, rules })) {
        if (!counts(finding, isFirst)) continue;
        const key = JSON.stringify(finding);
        const known = found.get(key);
        if (known === undefined) found.set(key, { finding, people: 1 });
        else known.people += 1;
      }
    },
    found: () => [...found.values()].sort((a, b) => b.people - a.people),
  };
}

/** Of what differs from person to person, a link with a name in it say, the most frequent ones are enough. */
const SHOWN_OF_A_KIND_MAX = 3;

/** `subject` names the variant, `looked` is how many texts were looked at. */
export function contentWarnings(subject: string, looked: number, found: readonly Found[]): readonly string[] {
  return [...Map.groupBy(found, ({ finding }) => finding.code).values()].flatMap((ofKind) =>
    ofKind.slice(0, SHOWN_OF_A_KIND_MAX).map(({ finding, people }) => {
      const some =
        people === looked ? '' : ` (${people.toLocaleString('en-US')} of ${looked.toLocaleString('en-US')} looked at)`;
      return sentence(subject, finding, some);
    }),
  );
}

function sentence(subject: string, finding: ContentFinding, some: string): string {
  switch (finding.code) {
    case 'no_sender':
      return `${subject} does not say who sends it${some}: carriers ask for the name of your business in every text. Begin it with {business_name}`;
    case 'no_opt_out':
      return `${subject} does not tell people who have never been texted how to stop${some}: end it with "Reply STOP to opt out", or have that added by itself (Settings, Compliance)`;
    case 'insecure_link':
      return `${subject} has a link without encryption, ${finding.what}${some}: write https://`;
    case 'links':
      return `${subject} has ${finding.what} links${some}: one is what carriers expect, more look like spam`;
    case 'restricted':
      return `${subject} says "${finding.what}"${some}: carriers refuse texts about ${finding.subject}, or allow them with an age check only`;
    case 'capitals':
      return `${subject} has ${finding.what} of its letters in capitals${some}: carriers filter what shouts`;
  }
}

/** For a launch: the rules are kept whatever the rest of the text says. */
export const shortenerProblem = (subject: string, link: string): string =>
  `${subject} has the link ${link} of a public shortener, which carriers block: use a link of your own domain`;
