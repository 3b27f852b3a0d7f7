import { type AddedPeople, addPeople, type Joining, previewJoining } from '../campaigns/add-people.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { runTx } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
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
