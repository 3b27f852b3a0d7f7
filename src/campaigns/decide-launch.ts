import { isChosen } from '../audiences/audience.ts';
import { shortenerIn } from '../compliance/content-checks.ts';
import { contentRulesAt } from '../compliance/content-rules.ts';
import { STALE_CODE } from '../compliance/dnc-eligibility.ts';
import type { LaneState } from '../gateways/account.ts';
import { TEXT_LENGTH_MAX } from '../messages/sendable-text.ts';
import { shortestLength } from '../messages/template-length.ts';
import { parseTemplate } from '../messages/template-parser.ts';
import type { Instant } from '../platform/time.ts';
import type { Campaign, VariantRow } from './campaign.ts';
import { type ContentByVariant, contentWarnings, shortenerProblem } from './decide-content.ts';
import { nobodySentence, type VariantReach } from './decide-reach.ts';
import { type SendingFacts, sendingProblems } from './decide-sending.ts';

export interface LaunchProblem {
  /** Section of the builder where it is mended. */
  readonly field: 'name' | 'audience' | 'message' | 'lanes' | 'schedule';
  readonly message: string;
}

export interface LaunchFacts {
  readonly matched: number;
  readonly textable: number;
  /** Those of them who have not agreed as the law asks. */
  readonly withoutConsent: number;
  /** Those of them about whom the owner who gave a word for such people did not know. */
  readonly unseen: number;
  /** Left out, by reason. */
  readonly excluded: readonly { readonly reason: string; readonly count: number }[];
  readonly lanes: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: LaneState;
  }[];
  /** Variants that nobody of the audience can get, by id. */
  readonly unsendable: ReadonlyMap<string, VariantReach>;
  readonly sending: SendingFacts;
}

/** Above this many people the launch asks for the campaign's name. */
export const CONFIRM_NAME_ABOVE = 500;

/** What stands against launching this draft; empty when nothing does. */
export function launchProblems(campaign: Campaign, facts: LaunchFacts): readonly LaunchProblem[] {
  return [
    ...messageProblems(campaign, facts),
    ...laneProblems(campaign, facts),
    ...audienceProblems(campaign, facts),
    ...consentProblems(campaign, facts),
    ...sendingProblems(campaign, facts.sending).map(({ message }) => ({ field: 'schedule' as const, message })),
  ];
}

function messageProblems(campaign: Campaign, facts: LaunchFacts): readonly LaunchProblem[] {
  if (campaign.variants.length === 0)
    return [{ field: 'message', message: 'There is no message yet: write variant A' }];
  const labels = campaign.variants.map((variant) => variant.label);
  const several = labels.length > 1;
  const repeated = labels.find((label, index) => labels.indexOf(label) !== index);
  return [
    ...(repeated === undefined
      ? []
      : [{ field: 'message' as const, message: `Two variants are called "${repeated}": rename one` }]),
    ...campaign.variants.flatMap((variant) => {
      const message = variantProblem(variant, {
        subject: subjectOf(campaign, variant),
        several,
        unsendable: facts.unsendable.get(variant.id),
        now: facts.sending.now,
      });
      return message === undefined ? [] : [{ field: 'message' as const, message }];
    }),
  ];
}

function variantProblem(
  { label, body }: VariantRow,
  facts: {
    readonly subject: string;
    readonly several: boolean;
    readonly unsendable: VariantReach | undefined;
    readonly now: Instant;
  },
): string | undefined {
  const { subject, several, unsendable, now } = facts;
  if (body.trim() === '')
    return several ? `Variant ${label} is empty: write its text or remove it` : 'The message is empty: write its text';
  const template = parseTemplate(body);
  if (!template.ok) return `${several ? `Variant ${label}: ` : ''}${template.error.message}`;
  const shortest = shortestLength(template.value);
  if (shortest > TEXT_LENGTH_MAX)
    return `${subject} cannot be sent to anybody: it has at least ${shortest.toLocaleString('en-US')} characters, and gateways take at most ${TEXT_LENGTH_MAX.toLocaleString('en-US')}. Shorten it`;
  const shortener = shortenerIn(body, contentRulesAt(now));
  if (shortener !== undefined) return shortenerProblem(subject, shortener.written);
  return unsendable === undefined ? undefined : nobodySentence(subject, unsendable);
}

/** What the first texts do not say that they must: nothing of it may be launched without a reason. */
export const toAcknowledge = (campaign: Campaign, lacking: ContentByVariant): readonly LaunchProblem[] =>
  campaign.variants.flatMap((variant) => {
    const { looked, found } = lacking.get(variant.id) ?? { looked: 0, found: [] };
    return contentWarnings(subjectOf(campaign, variant), looked, found).map((message) => ({
      field: 'message' as const,
      message,
    }));
  });

/** What a sentence about a variant begins with. */
export const subjectOf = ({ variants }: Pick<Campaign, 'variants'>, { label }: Pick<VariantRow, 'label'>): string =>
  variants.length > 1 ? `Variant ${label}` : 'The message';

function laneProblems(campaign: Campaign, facts: LaunchFacts): readonly LaunchProblem[] {
  if (campaign.laneIds.length === 0)
    return [{ field: 'lanes', message: 'No number is chosen to send from: choose at least one' }];
  const usable = facts.lanes.filter((lane) => campaign.laneIds.includes(lane.id) && lane.state !== 'off');
  if (usable.length === 0)
    return [{ field: 'lanes', message: 'Every chosen number is switched off: choose another or switch one on' }];
  if (usable.every((lane) => lane.state === 'draining'))
    return [
      {
        field: 'lanes',
        message:
          'Every chosen number is being drained and takes no new people: choose another, or let one take new people again under Settings, Numbers',
      },
    ];
  return [];
}

function audienceProblems(campaign: Campaign, facts: LaunchFacts): readonly LaunchProblem[] {
  if (!isChosen(campaign.audience))
    return [{ field: 'audience', message: 'No audience is chosen: choose tags, places or all contacts' }];
  if (facts.matched === 0)
    return [
      {
        field: 'audience',
        message: 'The audience is empty: no contact matches it. Import contacts or widen the audience',
      },
    ];
  if (facts.textable === 0)
    return [
      {
        field: 'audience',
        message: `All ${facts.matched} contacts of the audience are left out: see the reasons, then ${[wayIn(campaign, facts), ...listSentences(facts)].join('. ')}`,
      },
    ];
  return [];
}

const wayIn = (campaign: Campaign, facts: LaunchFacts): string =>
  peopleToWaive(campaign, facts) === 0
    ? 'widen the audience'
    : 'widen the audience, record their consents, or let an owner give a reason to text people without';

/** What is to be done for those of whom no registry's list tells whether they may be texted; empty when it is nobody. */
export function listSentences({ excluded }: Pick<LaunchFacts, 'excluded'>): readonly string[] {
  const count = countOf(excluded, STALE_CODE);
  if (count === 0) return [];
  return [
    `${count.toLocaleString('en-US')} ${count === 1 ? 'person is' : 'people are'} left out: they have not agreed in writing, and the do-not-call registry’s list in which to look them up is missing or too old. Upload the newest file of the national registry under Compliance, Do-not-call lists (textwright dnc upload), or record their written consent or what exempts them`,
  ];
}

const countOf = (excluded: LaunchFacts['excluded'], code: string): number =>
  excluded.find(({ reason }) => reason === code)?.count ?? 0;

/** People whom the want of a consent alone keeps out. */
const withoutConsentOf = ({ excluded }: Pick<LaunchFacts, 'excluded'>): number => countOf(excluded, 'no_consent');

/** About so many people an owner can give a word, or has given one. */
export const peopleToWaive = (
  { consent }: Pick<Campaign, 'consent'>,
  facts: Pick<LaunchFacts, 'excluded' | 'withoutConsent'>,
): number => facts.withoutConsent + (consent?.policy === 'custom' ? 0 : withoutConsentOf(facts));

/** Nobody is texted without the consent that the law asks for, but by an owner's word about these people. */
function consentProblems({ consentWaiver }: Campaign, facts: LaunchFacts): readonly LaunchProblem[] {
  const said = consentWaiver?.people ?? 0;
  const [count, why] =
    facts.withoutConsent > said
      ? [facts.withoutConsent, said === 0 ? '' : `the reason was given for ${said.toLocaleString('en-US')}: `]
      : [facts.unseen, 'they came to the audience after the reason was given: '];
  if (count === 0) return [];
  const people = `${count.toLocaleString('en-US')} ${count === 1 ? 'person has' : 'people have'}`;
  return [
    {
      field: 'audience',
      message: `${people} not agreed as the law asks of such texts; ${why}an owner has to give a reason to text them, or the policy has to ask for more`,
    },
  ];
}
