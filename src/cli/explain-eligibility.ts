import { z } from 'zod';
import { getBusiness } from '../business/business-store.ts';
import { type Explanation, explainRecipient } from '../campaigns/explain-recipient.ts';
import { showExplanation } from '../http/routes/recipient-routes.ts';
import { attemptSentence } from '../messages/outcome-sentences.ts';
import { localTime } from '../platform/calendar.ts';
import type { Db } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { answerLines } from './answer-lines.ts';
import { findCampaign } from './find-campaign.ts';
import { findContact } from './find-contact.ts';
import { issueWords, type JsonObject } from './json-lines.ts';
import { type CliServices, granted, withServices } from './open-services.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import { count, money, table } from './words.ts';

export interface EligibilityOptions {
  readonly campaign?: string;
  readonly contact?: string;
  readonly stdin?: true;
  readonly json?: true;
}

export async function explainEligibilityCommand(options: EligibilityOptions, shell: Shell): Promise<void> {
  if (options.stdin) return explainMany(options, shell);
  const { campaign, contact } = options;
  if (campaign === undefined || contact === undefined)
    throw new UsageError('nothing to explain: give --campaign and --contact, or JSON lines with --stdin');
  await withServices(shell, async ({ database: { db }, clock }) => {
    const explained = await explain({ db, clock }, { campaign, contact });
    if (options.json) return shell.out.json(showExplanation(explained));
    await shell.out.lines(...explanationLines(explained, (await getBusiness(db)).zone));
  });
}

interface Asked {
  readonly campaign: string;
  readonly contact: string;
}

async function explain(
  { db, clock }: Pick<CliServices, 'clock'> & { readonly db: Db },
  asked: Asked,
): Promise<Explanation> {
  const campaign = await findCampaign(db, asked.campaign);
  const { id: contactId } = await findContact(db, asked.contact);
  return granted(await explainRecipient(db, clock, { campaign, contactId }));
}

async function explainMany({ campaign, contact }: EligibilityOptions, shell: Shell): Promise<void> {
  if (contact !== undefined) throw new UsageError('--stdin: each line names its contact, leave --contact out');
  const question = z.strictObject({
    campaign: campaign === undefined ? EXPECTED_CAMPAIGN : EXPECTED_CAMPAIGN.default(campaign),
    contact: z.string({ error: 'expected the number or the id of a contact' }),
  });
  await withServices(shell, async ({ database: { db }, clock }) => {
    const answer = async (input: JsonObject): Promise<Result<object, string>> => {
      const asked = question.safeParse(input);
      if (!asked.success) return err(issueWords(asked.error));
      try {
        return ok(showExplanation(await explain({ db, clock }, asked.data)));
      } catch (error) {
        // What one line asks for in vain is its own answer, and not the end of the others.
        if (error instanceof CliError) return err(error.message);
        throw error;
      }
    };
    await answerLines(shell, async (inputs) => {
      const answers: Result<object, string>[] = [];
      for (const input of inputs) answers.push(await answer(input));
      return answers;
    });
  });
}

const EXPECTED_CAMPAIGN = z.string({ error: 'expected the id or the name of a campaign' });

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
