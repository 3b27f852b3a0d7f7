import { getBusiness } from '../business/business-store.ts';
import { type Explanation, explainRecipient } from '../campaigns/explain-recipient.ts';
import { showExplanation } from '../http/routes/recipient-routes.ts';
import { attemptSentence } from '../messages/outcome-sentences.ts';
import { localTime } from '../platform/calendar.ts';
import { showId } from '../platform/ids.ts';
import { findCampaign } from './find-campaign.ts';
import { findContact } from './find-contact.ts';
import { granted, withServices } from './open-services.ts';
import type { Shell } from './shell.ts';
import { count, money, table } from './words.ts';

export interface EligibilityOptions {
  readonly campaign: string;
  readonly contact: string;
  readonly json?: true;
}

export async function explainEligibilityCommand(options: EligibilityOptions, shell: Shell): Promise<void> {
  await withServices(shell, async ({ database: { db }, clock }) => {
    const campaign = await findCampaign(db, options.campaign);
    const contact = await findContact(db, options.contact);
    const explained = granted(await explainRecipient(db, clock, { campaign, contactId: contact.id }));
    if (options.json) return shell.out.json(showExplanation(explained));
    await shell.out.lines(...explanationLines(explained, (await getBusiness(db)).zone));
  });
}

function explanationLines(explained: Explanation, zone: string): readonly string[] {
  const { campaign, person, answer, enrollment, variant, lane, text, checks, checkedAt, attempts } = explained;
  const facts: (readonly [string, string])[] = [];
  const add = (name: string, value: string | null): void => {
    if (value !== null && value !== '') facts.push([`  ${name}`, value]);
  };
  add('Campaign', `${campaign.name}, ${campaign.state}`);
  add('State', enrollment?.state ?? 'not in the campaign');
  add('Why', answer.sentence);
  add('What helps', answer.remedy);
  add('Variant', variant);
  add('From', lane === null ? null : `${lane.name} ${lane.phone}: ${lane.why}`);
  if (text !== null) {
    add(text.begun ? 'Text' : 'Would be', text.body.replace(/\s*\n\s*/g, ' / '));
    add('Size', `${text.encoding}, ${count(text.parts, 'part')}, ${money(text.priceCents)}`);
  }
  for (const attempt of attempts)
    add(
      `Attempt ${attempt.attempt}`,
      `${localTime(attempt.startedAt, zone)}: ${attemptSentence(attempt.outcome)}${attempt.detail === null ? '' : ` (${attempt.detail})`}`,
    );
  return [
    `${person.name}  ${person.phone}  ${showId('contact', person.id)}`,
    ...table(facts),
    ...(checks.length === 0 ? [] : [`  The rules at ${localTime(checkedAt, zone)}:`]),
    ...table(
      checks.map((check) => [
        `    ${check.forbids ? 'no' : 'ok'}`,
        check.code,
        `${check.sentence}${check.version === undefined ? '' : ` (table ${check.version})`}`,
      ]),
    ),
  ];
}
