import { parseTemplate } from '../messages/template-parser.ts';
import type { Campaign } from './campaign.ts';

export interface LaunchProblem {
  /** Section of the builder where it is mended. */
  readonly field: 'name' | 'audience' | 'message' | 'lanes';
  readonly message: string;
}

export interface LaunchFacts {
  readonly matched: number;
  readonly textable: number;
  readonly lanes: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: 'active' | 'paused' | 'off';
  }[];
}

/** Above this many people the launch asks for the campaign's name. */
export const CONFIRM_NAME_ABOVE = 500;

/** What stands against launching this draft; empty when nothing does. */
export function launchProblems(campaign: Campaign, facts: LaunchFacts): readonly LaunchProblem[] {
  return [...messageProblems(campaign), ...laneProblems(campaign, facts), ...audienceProblems(facts)];
}

function messageProblems(campaign: Campaign): readonly LaunchProblem[] {
  if (campaign.variants.length === 0)
    return [{ field: 'message', message: 'There is no message yet: write variant A' }];
  const labels = campaign.variants.map((variant) => variant.label);
  const several = labels.length > 1;
  const repeated = labels.find((label, index) => labels.indexOf(label) !== index);
  return [
    ...(repeated === undefined
      ? []
      : [{ field: 'message' as const, message: `Two variants are called "${repeated}": rename one` }]),
    ...campaign.variants.flatMap((variant): LaunchProblem[] => {
      if (variant.body.trim() === '')
        return [
          {
            field: 'message',
            message: several
              ? `Variant ${variant.label} is empty: write its text or remove it`
              : 'The message is empty: write its text',
          },
        ];
      const template = parseTemplate(variant.body);
      if (template.ok) return [];
      return [{ field: 'message', message: `${several ? `Variant ${variant.label}: ` : ''}${template.error.message}` }];
    }),
  ];
}

function laneProblems(campaign: Campaign, facts: LaunchFacts): readonly LaunchProblem[] {
  if (campaign.laneIds.length === 0)
    return [{ field: 'lanes', message: 'No number is chosen to send from: choose at least one' }];
  const usable = facts.lanes.filter((lane) => campaign.laneIds.includes(lane.id) && lane.state !== 'off');
  return usable.length > 0
    ? []
    : [{ field: 'lanes', message: 'Every chosen number is switched off: choose another or switch one on' }];
}

function audienceProblems(facts: LaunchFacts): readonly LaunchProblem[] {
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
        message: `All ${facts.matched} contacts of the audience are left out: see the reasons, then widen the audience`,
      },
    ];
  return [];
}
