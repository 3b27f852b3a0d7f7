import { type AddedPeople, addPeople, type Joining, previewJoining } from '../campaigns/add-people.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { settleRecipient } from '../http/contract/recipients.ts';
import { runTx } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { type HandDecision, settleByHand } from '../sending/settle-by-hand.ts';
import { audienceOf } from './campaign-create.ts';
import { confirmByTyping } from './confirm.ts';
import { findCampaign } from './find-campaign.ts';
import { findContact } from './find-contact.ts';
import { actor, type CliServices, granted, withServices } from './open-services.ts';
import { type Shell, UsageError } from './shell.ts';
import { count } from './words.ts';

export interface AddPeopleOptions {
  readonly contact: readonly string[];
  readonly newMatches?: true;
  readonly all?: true;
  readonly tag: readonly string[];
  readonly state: readonly string[];
  readonly city: readonly string[];
  readonly notContactedDays?: number;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** Shows who would join, asks, adds them. */
export async function addPeopleCommand(reference: string, options: AddPeopleOptions, shell: Shell): Promise<void> {
  const { dryRun, yes = false, json } = options;
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const who = await joiningOf(services, options);
    const campaign = await findCampaign(db, reference);
    const { sample, ...preview } = granted(await previewJoining(db, services.clock, { campaignId: campaign.id, who }));
    if (dryRun) {
      const shown = sample.map((person) => ({ ...person, id: showId('contact', person.id) }));
      if (json) return shell.out.json({ ...preview, sample: shown });
      return shell.out.lines(...peopleLines(campaign, preview, 'Would add'));
    }
    shell.tell(peopleLines(campaign, preview, 'Adds').join('\n'));
    await confirmByTyping(shell, { expected: campaign.name, what: "the campaign's name", yes });
    const input = { campaignId: campaign.id, who, actor: actor().actor };
    const added = granted(await runTx(db, (tx) => addPeople(tx, services, input)));
    if (json) await shell.out.json(added);
    else await shell.out.lines(...peopleLines(campaign, added, 'Added'));
  });
}

async function joiningOf({ database: { db } }: CliServices, options: AddPeopleOptions): Promise<Joining> {
  const { contact, newMatches, all, tag, state, city, notContactedDays } = options;
  const conditions = all === true || tag.length + state.length + city.length > 0 || notContactedDays !== undefined;
  const ways = [contact.length > 0, newMatches === true, conditions].filter(Boolean).length;
  if (ways !== 1)
    throw new UsageError('say who joins in one way: --contact, --new-matches, or conditions such as --tag');
  if (newMatches) return { kind: 'new_matches' };
  if (conditions) return { kind: 'audience', rule: audienceOf(options) };
  const contactIds: string[] = [];
  for (const one of contact) contactIds.push((await findContact(db, one)).id);
  return { kind: 'contacts', contactIds };
}

const peopleLines = (campaign: Campaign, people: AddedPeople, verb: string): readonly string[] => [
  `${verb} ${count(people.added, 'person', 'people')} to "${campaign.name}"; ${people.alreadyIn} in it already`,
  ...people.leftOut.map((left) => `  ${left.count} left out: ${left.sentence}`),
];

export interface SettleOptions {
  readonly contact: string;
  readonly outcome: HandDecision['outcome'];
  readonly gatewayId?: string;
  readonly reason: string;
  readonly yes?: true;
  readonly json?: true;
}

export async function settleCommand(reference: string, options: SettleOptions, shell: Shell): Promise<void> {
  const { outcome, yes = false, json } = options;
  const body = settleRecipient.request.body.content['application/json'].schema.safeParse({
    outcome,
    reason: options.reason,
    ...(options.gatewayId === undefined ? {} : { gatewayMessageId: options.gatewayId }),
  });
  if (!body.success)
    throw new UsageError(body.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  const { reason, gatewayMessageId } = body.data;
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const campaign = await findCampaign(db, reference);
    const contact = await findContact(db, options.contact);
    if (outcome === 'send_again') {
      shell.tell('If the gateway did take the text after all, this person gets it twice');
      await confirmByTyping(shell, { expected: contact.phone, what: 'the number', yes });
    }
    const input = {
      campaignId: campaign.id,
      contactId: contact.id,
      decision: outcome === 'sent' ? { outcome, gatewayMessageId } : { outcome },
      reason,
      by: actor(),
    };
    const settled = granted(await runTx(db, (tx) => settleByHand(tx, services, input)));
    if (json) await shell.out.json({ contactId: showId('contact', contact.id), state: settled.state });
    else await shell.out.lines(`The text to ${contact.phone} is ${settled.state} now`);
  });
}
