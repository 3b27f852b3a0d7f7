import type { Db } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import type { EventFilter, EventSelection } from '../webhooks/event-filter.ts';
import type { ListedEvent } from '../webhooks/event-read-store.ts';
import type { EventDetail } from '../webhooks/show-event.ts';
import type { Shell } from './shell.ts';
import type { FilterOptions, ListOptions } from './webhook-event-options.ts';

const PAGE_ROWS = 200;

export async function listCommand(options: ListOptions, shell: Shell): Promise<void> {
  const { granted, withServices } = await import('./open-services.ts');
  const { listEvents } = await import('../webhooks/list-events.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { showListed } = await import('../http/routes/webhook-event-routes.ts');
  const { UNMASKED } = await import('../webhooks/mask-event.ts');
  const { limit = 50, json } = options;
  await withServices(shell, async ({ database: { db } }) => {
    const filter = await chosenFilter(db, options);
    const row = await rowMaker((await getBusiness(db)).zone);
    let left = limit;
    let cursor: string | undefined;
    do {
      const page = granted(await listEvents(db, { filter, cursor, limit: Math.min(left, PAGE_ROWS) }));
      if (json) await shell.out.json(...page.data.map((event) => showListed(event, UNMASKED)));
      else if (page.data.length > 0) await shell.out.lines(...page.data.map(row));
      left -= page.data.length;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && left > 0);
  });
}

/** What the options say, as events are stored. Throws `UsageError` for a time, state or account that cannot be meant. */
export async function chosenFilter(db: Db, options: FilterOptions): Promise<EventFilter> {
  const { parsePhone } = await import('../contacts/phone.ts');
  const { type, phone, state, error, since, until, account } = options;
  const parsed = phone === undefined ? undefined : parsePhone(phone);
  return {
    ...(type === undefined ? {} : { type }),
    ...(state === undefined ? {} : { state }),
    ...(error === undefined ? {} : { error }),
    ...(since === undefined ? {} : { from: since }),
    ...(until === undefined ? {} : { until }),
    ...(parsed === undefined ? {} : { phone: parsed.ok ? parsed.value : phone }),
    ...(account === undefined ? {} : { accountId: await accountNamed(db, account) }),
  };
}

/** Exactly one of the id of an event, a filter, and `--all`. */
export async function chosenEvents(
  { database: { db } }: { readonly database: { readonly db: Db } },
  reference: string | undefined,
  { options, verb }: { readonly options: FilterOptions & { readonly all?: true }; readonly verb: string },
): Promise<EventSelection> {
  const { UsageError } = await import('./shell.ts');
  const filter = await chosenFilter(db, options);
  const narrowed = Object.keys(filter).length > 0;
  if ([reference !== undefined, narrowed, options.all === true].filter(Boolean).length !== 1)
    throw new UsageError(
      `say what to ${verb} in exactly one way: the id of an event, a filter like --state failed, or --all`,
    );
  return reference === undefined ? { kind: 'filter', filter } : { kind: 'events', ids: [await eventId(reference)] };
}

async function accountNamed(db: Db, reference: string): Promise<string> {
  const { listAccountRows } = await import('../gateways/account-store.ts');
  const { parseId } = await import('../platform/ids.ts');
  const { CliError } = await import('./shell.ts');
  const id = parseId('account', reference);
  const accounts = await listAccountRows(db);
  const found = accounts.filter(({ id: one, name }) => one === id || name.toLowerCase() === reference.toLowerCase());
  if (found[0] !== undefined && found.length === 1) return found[0].id;
  const known = accounts.map(({ name }) => name).join(', ');
  throw new CliError(
    found.length > 1
      ? `more than one account is called "${reference}": give its id`
      : `no account is called "${reference}"; ${known === '' ? 'none is connected' : `there are ${known}`}`,
  );
}

async function rowMaker(zone: string): Promise<(event: ListedEvent) => string> {
  const { localTime } = await import('../platform/calendar.ts');
  const { showId } = await import('../platform/ids.ts');
  const { printable } = await import('./words.ts');
  return (event) =>
    printable(
      [
        showId('event', event.id),
        localTime(event.receivedAt, zone).padEnd(24),
        event.state.padEnd(9),
        event.type.padEnd(26),
        who(event).padEnd(24),
        event.error ?? '',
      ]
        .join('  ')
        .trimEnd(),
    );
}

/** "Maria Lopez +16175550123"; the number alone of a stranger. */
const who = ({ name, phone }: ListedEvent): string => [name, phone].filter((one) => one !== null).join(' ');

export async function showCommand(reference: string, { json }: { readonly json?: true }, shell: Shell): Promise<void> {
  const { granted, withServices } = await import('./open-services.ts');
  const { showEvent } = await import('../webhooks/show-event.ts');
  const { getBusiness } = await import('../business/business-store.ts');
  const { showDetail } = await import('../http/routes/webhook-event-routes.ts');
  const { UNMASKED } = await import('../webhooks/mask-event.ts');
  const { WEBHOOK_EDGES } = await import('../gateways/adapters.ts');
  const id = await eventId(reference);
  await withServices(shell, async ({ database: { db } }) => {
    const event = granted(await showEvent(db, { webhookEdge: (kind) => WEBHOOK_EDGES[kind] }, id));
    if (json) await shell.out.json(showDetail(event, UNMASKED));
    else await shell.out.lines(...(await eventPage(event, (await getBusiness(db)).zone)));
  });
}

async function eventId(reference: string): Promise<string> {
  const { parseId } = await import('../platform/ids.ts');
  const { UsageError } = await import('./shell.ts');
  const id = parseId('event', reference);
  if (id !== undefined) return id;
  throw new UsageError(`"${reference}" is no id like evt_0193f6c2a1b47c3d8e5f60718293a4b5; "webhook list" prints them`);
}

async function eventPage(event: EventDetail, zone: string): Promise<readonly string[]> {
  const { localTime } = await import('../platform/calendar.ts');
  const { showId } = await import('../platform/ids.ts');
  const { table } = await import('./words.ts');
  const time = (at: Instant | null): string => (at === null ? '' : localTime(at, zone));
  const { effect, signature } = event;
  const facts: readonly (readonly [string, string])[] = [
    ['State', event.state],
    ['Account', event.accountName],
    ['About', who(event)],
    ['Received', `${time(event.receivedAt)}${event.source === 'webhook' ? '' : ` (${event.source})`}`],
    ['Applied', time(event.appliedAt)],
    ['Gateway id', event.eventId],
    ['Signed by', signature === null ? '' : `key ${signature.key}`],
    ['Message', effect.messageId === null ? '' : `${showId('message', effect.messageId)} ${effect.messageState ?? ''}`],
    ['Call', effect.callId === null ? '' : showId('call', effect.callId)],
    ['Conversation', effect.conversationId === null ? '' : showId('conversation', effect.conversationId)],
    ['Contact', effect.contactId === null ? '' : showId('contact', effect.contactId)],
    ['Campaign', effect.campaignName ?? ''],
    ['Error', event.error ?? ''],
  ];
  const headers = Object.entries(event.headers).map(([name, value]) => [`  ${name}`, value]);
  return [
    `${event.type}  ${showId('event', event.id)}`,
    ...table(facts.filter(([, value]) => value !== '').map(([name, value]) => [`  ${name}`, value])),
    ...titled('History', table(event.history.map((one) => historyRow(one, time(one.at))))),
    ...titled('Stack', event.errorStack === null ? [] : event.errorStack.split('\n')),
    ...titled('Headers', table(headers)),
    ...titled('Payload', prettyPayload(event.payload).split('\n')),
  ];
}

const historyRow = (one: EventDetail['history'][number], at: string): readonly string[] => [
  `  ${at}`,
  one.outcome,
  historyWords(one),
];

function historyWords({ outcome, actorName, actor, reason, error }: EventDetail['history'][number]): string {
  const by = `by ${actorName ?? actor ?? 'somebody'}`;
  if (outcome === 'replayed') return by;
  return outcome === 'discarded' ? `${by}: ${reason ?? ''}` : (error ?? '');
}

const titled = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

/** Indented where it is JSON. */
function prettyPayload(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}

export async function exportCommand(options: FilterOptions & { readonly limit?: number }, shell: Shell): Promise<void> {
  const { actor, withServices } = await import('./open-services.ts');
  const { exportEventsFor } = await import('../webhooks/export-events.ts');
  const { exported } = await import('../http/routes/webhook-event-routes.ts');
  const { count } = await import('./words.ts');
  await withServices(shell, async ({ database: { db }, clock, newUuid }) => {
    const filter = await chosenFilter(db, options);
    const { limit } = options;
    const signal = shell.interruption();
    let done = 0;
    let oldest: Instant | undefined;
    const query = { filter, limit, signal, actor: actor().actor };
    for await (const page of await exportEventsFor({ db, clock, newUuid }, query)) {
      await shell.out.json(...page.map(exported));
      done += page.length;
      oldest = page.at(-1)?.receivedAt ?? oldest;
      shell.progress(count(done, 'event'));
    }
    shell.progress('');
    const stopped = signal.aborted ? 'Interrupted' : done === limit ? 'Stopped at --limit' : undefined;
    if (stopped === undefined || oldest === undefined) return;
    shell.tell(`${stopped} after ${count(done, 'event')}: older ones may be left, before --until ${oldest}`);
  });
}
