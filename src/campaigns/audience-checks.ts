import { audienceConditions, isChosen } from '../audiences/audience.ts';
import type { Instant } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import type { RuleCheck } from './decide-checks.ts';
import type { ExplainedPerson } from './explain-store.ts';

/** Each condition of the audience, for somebody who is not in the campaign. */
export function audienceChecks(facts: {
  readonly campaign: Campaign;
  readonly person: ExplainedPerson;
  readonly now: Instant;
}): readonly RuleCheck[] {
  const { campaign, person, now } = facts;
  const check = { kind: 'bars', inputs: {} } as const;
  if (!isChosen(campaign.audience))
    return [
      {
        ...check,
        code: 'audience',
        forbids: true,
        sentence: 'No audience is chosen',
        remedy: 'Choose who gets the text',
      },
    ];
  const launched = campaign.state !== 'draft';
  return audienceConditions(campaign.audience, now).map(({ code, words }, index) => {
    const { met, has } = person.conditions[index] ?? { met: false, has: {} };
    const forbids = met !== true;
    return {
      ...check,
      code: `audience_${code}`,
      forbids,
      sentence: forbids ? `Does not match the audience: is not ${words}` : `Matches the audience: ${words}`,
      remedy: forbids
        ? launched
          ? 'Add this person to the campaign by hand, or change the contact so that it matches and add the new matches'
          : 'Change the contact so that it matches, or widen the audience'
        : '',
      inputs: has,
    };
  });
}
