import type { Command } from 'commander';
import type { Call, CallWithLines } from '../calls/call.ts';
import type { CallFilters } from '../calls/call-read-store.ts';
import type { Db } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import { countOption, withExamples } from './options.ts';
import type { Shell } from './shell.ts';

interface ListOptions {
  readonly missed?: true;
  readonly with?: string;
  readonly lane?: string;
  readonly limit?: number;
  readonly json?: true;
}

interface ShowOptions {
  readonly json?: true;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright call list --missed', 'who called and was not answered'],
    ['textwright call show call_0193f6c2a1b47c3d8e5f60718293a4b5', 'one call with summary and transcript'],
  ]).description('List and show calls');

  withExamples(command.command('list'), [
    ['textwright call list --with "(617) 555-0123"', 'the calls with one person'],
    ['textwright call list --json > calls.jsonl', 'all of them, one JSON object per line'],
  ])
    .description('All calls that match, the newest first')
    .option('--missed', 'only those to us that nobody took')
    .option('--with <contact>', 'number of the other side, or id of the contact')
    .option('--lane <lane>', 'name, number or id of our side')
    .option('--limit <n>', 'at most this many', countOption)
    .option('--json', 'one JSON object per line')
    .action((options: ListOptions) => list(options, shell));

  withExamples(command.command('show'), [
    ['textwright call show call_0193f6c2a1b47c3d8e5f60718293a4b5 --json', 'for a program'],
  ])
    .description('One call with recordings, voicemail, summary, next steps and transcript')
    .argument('<call>', 'id, as "call list" prints it')
    .option('--json', 'print the call as one JSON object')
    .action((reference: string, options: ShowOptions) => show(reference, options, shell));
}

const PAGE_ROWS = 200;

async function list(options: ListOptions, shell: Shell): Promise<void> {
  const { granted, withServices } = await import('./open-services.ts');
  const { listCalls } = await import('../calls/list-calls.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { showCall } = await import('../http/routes/call-routes.ts');
  const { limit = Number.POSITIVE_INFINITY, json } = options;
  await withServices(shell, async ({ database: { db } }) => {
    const filters = await chosen(db, options);
    const { zone } = await getBusiness(db);
    const row = await rowMaker(zone);
    let left = limit;
    let cursor: string | undefined;
    do {
      const page = granted(await listCalls(db, { filters, cursor, limit: Math.min(left, PAGE_ROWS) }));
      if (json) await shell.out.json(...page.data.map(showCall));
      else if (page.data.length > 0) await shell.out.lines(...page.data.map(row));
      left -= page.data.length;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && left > 0);
  });
}

async function chosen(db: Db, options: ListOptions): Promise<CallFilters> {
  const { missed, with: other, lane } = options;
  return {
    missed,
    ...(other === undefined ? {} : await withWhom(other)),
    laneId: lane === undefined ? undefined : await laneNamed(db, lane),
  };
}

async function withWhom(reference: string): Promise<CallFilters> {
  const { parseId } = await import('../platform/ids.ts');
  const { parsePhone } = await import('../contacts/phone.ts');
  const contactId = parseId('contact', reference);
  const phone = parsePhone(reference);
  return contactId === undefined ? { phone: phone.ok ? phone.value : reference } : { contactId };
}

async function laneNamed(db: Db, reference: string): Promise<string> {
  const { findLane } = await import('./find-lane.ts');
  const { listLaneRows } = await import('../gateways/account-store.ts');
  return findLane(await listLaneRows(db), reference).id;
}

async function rowMaker(zone: string): Promise<(call: Call) => string> {
  const { callWords } = await import('../calls/call-words.ts');
  const { localTime } = await import('../platform/calendar.ts');
  const { showId } = await import('../platform/ids.ts');
  const { printable } = await import('./words.ts');
  return (call) =>
    printable(
      [
        showId('call', call.id),
        localTime(call.at, zone).padEnd(24),
        callWords(call).padEnd(18),
        who(call).padEnd(32),
        call.laneName ?? '',
      ]
        .join('  ')
        .trimEnd(),
    );
}

/** "Maria Lopez +16175550123"; the number alone of a stranger. */
const who = ({ name, phone }: Call): string =>
  phone === null ? 'number not known' : name === phone ? phone : `${name} ${phone}`;

async function show(reference: string, { json }: ShowOptions, shell: Shell): Promise<void> {
  const { granted, withServices } = await import('./open-services.ts');
  const { getCall } = await import('../calls/list-calls.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { showCall } = await import('../http/routes/call-routes.ts');
  const { parseId } = await import('../platform/ids.ts');
  const { UsageError } = await import('./shell.ts');
  const id = parseId('call', reference);
  if (id === undefined) throw new UsageError(`"${reference}" is no id like call_0193f6c2a1b47c3d8e5f60718293a4b5`);
  await withServices(shell, async ({ database: { db } }) => {
    const found = granted(await getCall(db, id));
    if (json) await shell.out.json({ ...showCall(found.call), lines: found.lines });
    else await shell.out.lines(...(await callPage(found, (await getBusiness(db)).zone)));
  });
}

async function callPage({ call, lines }: CallWithLines, zone: string): Promise<readonly string[]> {
  const { callWords, clockTime } = await import('../calls/call-words.ts');
  const { localTime } = await import('../platform/calendar.ts');
  const { showId } = await import('../platform/ids.ts');
  const { printable, table } = await import('./words.ts');
  const time = (at: Instant | null): string => (at === null ? '' : localTime(at, zone));
  const facts: readonly (readonly [string, string])[] = [
    ['With', who(call)],
    ['Our number', call.laneName ?? ''],
    ['Began', time(call.at)],
    ['Answered', time(call.answeredAt)],
    ['Ended', time(call.endedAt)],
    ['Forwarded to', call.forwardedTo ?? ''],
    ['Voicemail', call.voicemail?.transcript ?? call.voicemail?.url ?? ''],
    ...call.recordings.map(({ url }): readonly [string, string] => ['Recording', url ?? '']),
    ...(call.summary?.summary ?? []).map((text): readonly [string, string] => ['Summary', text]),
    ...(call.summary?.nextSteps ?? []).map((text): readonly [string, string] => ['Next step', text]),
  ];
  return [
    `${callWords(call)}  ${showId('call', call.id)}`,
    ...table(facts.filter(([, value]) => value !== '').map(([name, value]) => [`  ${name}`, value])),
    ...lines.map((line) => `  ${clockTime(line.startSeconds)}  ${line.speaker}: ${line.text}`),
  ].map(printable);
}
