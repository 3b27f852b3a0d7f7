import type { Command } from 'commander';
import type { Contact } from '../contacts/contact.ts';
import type { TimelineEntry } from '../contacts/timeline-entry.ts';
import { define as defineConsent } from './consent-commands.ts';
import type { EraseFlags } from './contact-erase.ts';
import type { MergeFlags } from './contact-merge.ts';
import { countOption, withExamples } from './options.ts';
import type { Shell } from './shell.ts';

interface ListOptions {
  readonly search?: string;
  readonly tag?: string;
  readonly state?: string;
  readonly city?: string;
  readonly limit?: number;
  readonly json?: true;
}

interface ShowOptions {
  readonly limit: number;
  readonly json?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright contact list --tag estimate --json', 'everyone tagged estimate, as JSON lines'],
    ['textwright contact show "(617) 555-0123"', 'one person, and all that happened with them'],
  ]).description('List, show, merge and erase contacts, and what they permitted');

  withExamples(command.command('list'), [
    ['textwright contact list --state MA', 'for reading'],
    ['textwright contact list --json > contacts.jsonl', 'all of them, one JSON object per line'],
  ])
    .description('All contacts that match, the newest first')
    .option('--search <text>', 'any part of a name, company, e-mail or number')
    .option('--tag <tag>', 'has this tag')
    .option('--state <state>', 'lives in this state (MA or Massachusetts)')
    .option('--city <city>', 'lives in this city')
    .option('--limit <n>', 'at most this many', countOption)
    .option('--json', 'one JSON object per line')
    .action((options: ListOptions) => list(options, shell));

  withExamples(command.command('show'), [
    ['textwright contact show +16175550123', 'by number, in any spelling'],
    ['textwright contact show con_0193f6c2a1b47c3d8e5f60718293a4b5 --json', 'by id'],
  ])
    .description('One contact with suppression and timeline')
    .argument('<contact>', 'number or id')
    .option('--limit <n>', 'at most this many entries of the timeline', countOption, 50)
    .option('--json', 'print the contact with "timeline" as one JSON object')
    .action((reference: string, options: ShowOptions) => show(reference, options, shell));

  withExamples(command.command('erase'), [
    ['textwright contact erase "(617) 555-0123" --reason "Asked by letter" --dry-run', 'what goes, what stays and why'],
  ])
    .description('Erase all that is known of a person, for good; their number stays opted out, as a keyed hash')
    .argument('<number>', 'number of the person')
    .requiredOption('--reason <text>', 'why; it stays, and must not name the person')
    .option('--dry-run', 'only say what would go')
    .option('--yes', 'erase without a question')
    .option('--json', 'print one JSON object')
    .action(async (number: string, flags: EraseFlags) => {
      const { eraseCommand } = await import('./contact-erase.ts');
      await eraseCommand(number, flags, shell);
    });

  withExamples(command.command('merge'), [
    ['textwright contact merge 617-555-0123 --from 617-555-0199 --dry-run', 'what would become one'],
  ])
    .description('Make one of two contacts of the same person, for good; an opt-out of either holds for both numbers')
    .argument('<contact>', 'number or id of the contact that stays')
    .requiredOption('--from <contact>', 'number or id of the contact that ends')
    .option('--dry-run', 'only say what would happen')
    .option('--yes', 'merge without a question')
    .option('--json', 'print one JSON object')
    .action(async (reference: string, flags: MergeFlags) => {
      const { mergeCommand } = await import('./contact-merge.ts');
      await mergeCommand(reference, flags, shell);
    });

  defineConsent(command.command('consent'), shell);
}

/** Fetched at once: enough to make the way to the database cheap, little enough to be kept in memory. */
const PAGE_ROWS = 1_000;

async function list({ limit = Number.POSITIVE_INFINITY, json, ...filters }: ListOptions, shell: Shell): Promise<void> {
  const { granted, withServices } = await import('./open-services.ts');
  const { listContacts } = await import('../contacts/list-contacts.ts');
  const { stateCode } = await import('../contacts/states.ts');
  const { search, tag, state, city } = filters;
  const chosen = { search, tag, city, state: state === undefined ? undefined : (stateCode(state) ?? state) };
  await withServices(shell, async ({ database }) => {
    const interrupted = shell.interruption();
    let left = limit;
    let cursor: string | undefined;
    do {
      interrupted.throwIfAborted();
      const page = granted(
        await listContacts(database.db, { filters: chosen, cursor, limit: Math.min(left, PAGE_ROWS) }),
      );
      if (json) await shell.out.json(...page.data.map(listed));
      else if (page.data.length > 0) await shell.out.lines(...page.data.map(contactLine));
      left -= page.data.length;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && left > 0);
  });
}

const listed = (contact: Contact) => ({
  phone: contact.phone,
  firstName: contact.firstName,
  lastName: contact.lastName,
  email: contact.email,
  company: contact.company,
  street: contact.street,
  city: contact.city,
  state: contact.state,
  postalCode: contact.postalCode,
  tags: contact.tags,
});

function contactLine(contact: Contact): string {
  const name = [contact.firstName, contact.lastName].filter(Boolean).join(' ') || contact.company || '';
  const place = [contact.city, contact.state].filter(Boolean).join(', ');
  const notes = [...contact.tags, ...(contact.suppressed === null ? [] : [`not texted: ${contact.suppressed.reason}`])];
  return [contact.phone, name.padEnd(28), place.padEnd(24), notes.join('; ')].join('  ').trimEnd();
}

async function show(reference: string, { limit, json }: ShowOptions, shell: Shell): Promise<void> {
  const { granted, withServices } = await import('./open-services.ts');
  const { contactTimeline } = await import('../contacts/contact-timeline.ts');
  const { findContact } = await import('./find-contact.ts');
  await withServices(shell, async ({ database }) => {
    const contact = await findContact(database.db, reference);
    const timeline: TimelineEntry[] = [];
    let cursor: string | undefined;
    do {
      const page = granted(
        await contactTimeline(database.db, { id: contact.id, cursor, limit: Math.min(limit - timeline.length, 200) }),
      );
      timeline.push(...page.data);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && timeline.length < limit);
    if (json) await shell.out.json(await shown(contact, timeline));
    else await shell.out.lines(...contactPage(contact, timeline));
    if (cursor !== undefined) shell.tell(`Older entries were left out: --limit ${limit * 2} shows more`);
  });
}

async function shown(contact: Contact, timeline: readonly TimelineEntry[]): Promise<object> {
  const { showId } = await import('../platform/ids.ts');
  const { parseZoneGroupKey } = await import('../contacts/zones.ts');
  return {
    id: showId('contact', contact.id),
    ...listed(contact),
    attributes: contact.attributes,
    zones: parseZoneGroupKey(contact.zoneGroup).zones,
    suppressed: contact.suppressed,
    numberState: contact.numberState,
    lastCampaignTextAt: contact.lastCampaignTextAt,
    createdAt: contact.createdAt,
    updatedAt: contact.updatedAt,
    timeline: timeline.map((entry) => ({
      ...entry,
      campaign: entry.campaign === null ? null : { ...entry.campaign, id: showId('campaign', entry.campaign.id) },
    })),
  };
}

function contactPage(contact: Contact, timeline: readonly TimelineEntry[]): readonly string[] {
  const name = [contact.firstName, contact.lastName].filter(Boolean).join(' ');
  const address = [contact.street, contact.city, contact.state, contact.postalCode].filter(Boolean).join(', ');
  const { suppressed } = contact;
  return [
    [name, contact.phone].filter(Boolean).join('  '),
    ...[contact.company, contact.email, address, contact.tags.join(', ')].filter(Boolean).map((text) => `  ${text}`),
    ...Object.entries(contact.attributes).map(([key, value]) => `  ${key}: ${value}`),
    suppressed === null
      ? '  No suppression: campaigns may text this number'
      : `  Not texted since ${suppressed.since.toString()}: ${suppressed.reason}`,
    '',
    ...timeline.flatMap((entry) => [
      `${entry.at.toString()}  ${entry.title}${entry.otherNumber === null ? '' : ` (${entry.otherNumber})`}`,
      ...(entry.text === null ? [] : entry.text.split('\n').map((line) => `    ${line}`)),
    ]),
  ];
}
