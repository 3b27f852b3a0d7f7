import { putScrubbing, startScrubbing } from '../http/contract/scrubbing.ts';
import { showScrubBatch, showScrubbing } from '../http/routes/scrubbing-routes.ts';
import { runTx } from '../platform/database.ts';
import { parseId, showId } from '../platform/ids.ts';
import { readScrubbing, type ScrubStatus } from '../scrubbing/read-scrubbing.ts';
import { listScrubBatches, type ScrubBatch } from '../scrubbing/scrub-batch-store.ts';
import { SERVICE_WORDS } from '../scrubbing/scrub-service.ts';
import { changeScrubSettings } from '../scrubbing/scrub-settings.ts';
import { cancelScrub, startScrub } from '../scrubbing/start-scrub.ts';
import { readKey } from './account-commands.ts';
import { audienceOf, type CreateOptions } from './campaign-create.ts';
import { openSecrets } from './open-secrets.ts';
import { actor, granted, withServices } from './open-services.ts';
import { parsed } from './parsed.ts';
import { type Shell, UsageError } from './shell.ts';
import { count, printable, table } from './words.ts';

export interface StatusFlags {
  readonly json?: true;
}
export interface StartFlags
  extends Pick<CreateOptions, 'all' | 'tag' | 'state' | 'city' | 'notContactedDays' | 'json'> {}
export interface ServiceFlags extends StatusFlags {
  readonly monthlyQuota?: number;
  readonly requestsPerSecond?: number;
  readonly nightly?: boolean;
  readonly keepKey?: true;
  readonly stdin?: true;
}

const BATCHES_SHOWN = 10;

export async function serviceCommand(
  name: string,
  { json, keepKey, stdin, ...changes }: ServiceFlags,
  shell: Shell,
): Promise<void> {
  const service = name === 'none' ? null : name;
  const body = putScrubbing.request.body.content['application/json'].schema;
  await withServices(shell, async (services) => {
    const { db } = services.database;
    const before = await readScrubbing(db, services.clock.now());
    const { monthlyQuota, requestsPerSecond, nightly } = { ...before.allowance, nightly: before.nightly, ...changes };
    const input = parsed(body.safeParse({ service, monthlyQuota, requestsPerSecond, nightly }));
    const key =
      service === null || keepKey === true ? undefined : await readKey('Key', stdin === true ? { stdin } : {}, shell);
    const secrets = await openSecrets(services.config);
    const allowance = { monthlyQuota: input.monthlyQuota, requestsPerSecond: input.requestsPerSecond };
    const settings = { service: input.service, allowance, nightly: input.nightly, key };
    granted(await changeScrubSettings({ ...services, db, secrets }, { input: settings, actor: actor().actor }));
    const after = await readScrubbing(db, services.clock.now());
    if (json) await shell.out.json(showScrubbing(after));
    else await shell.out.lines(...settingLines(after));
  });
}

export async function startCommand({ json, ...chosen }: StartFlags, shell: Shell): Promise<void> {
  const body = startScrubbing.request.body.content['application/json'].schema;
  const { audience } = parsed(body.safeParse({ audience: audienceOf(chosen) }));
  await withServices(shell, async (services) => {
    const by = actor();
    const batch = await runTx(services.database.db, (tx) => startScrub(tx, services, { audience, by }));
    await tell(granted(batch), json, shell);
  });
}

export async function cancelCommand(reference: string, { json }: StatusFlags, shell: Shell): Promise<void> {
  const id = parseId('scrub', reference);
  if (id === undefined)
    throw new UsageError(`"${reference}" is no batch: textwright scrub status shows their ids (scr_…)`);
  await withServices(shell, async (services) => {
    const by = actor().actor;
    const batch = await runTx(services.database.db, (tx) => cancelScrub(tx, services, { id, actor: by }));
    await tell(granted(batch), json, shell);
  });
}

export async function statusCommand({ json }: StatusFlags, shell: Shell): Promise<void> {
  await withServices(shell, async ({ database: { db }, clock }) => {
    const [settings, batches] = [await readScrubbing(db, clock.now()), await listScrubBatches(db, BATCHES_SHOWN)];
    if (json) return shell.out.json({ settings: showScrubbing(settings), batches: batches.map(showScrubBatch) });
    await shell.out.lines(...settingLines(settings), ...table(batches.map(batchRow)));
  });
}

async function tell(batch: ScrubBatch, json: true | undefined, shell: Shell): Promise<void> {
  if (json) await shell.out.json(showScrubBatch(batch));
  else await shell.out.lines(...table([batchRow(batch)]));
}

function settingLines({
  service,
  allowance,
  nightly,
  askedThisMonth,
  block,
  ...status
}: ScrubStatus): readonly string[] {
  if (service === null) return ['No service is asked; textwright scrub service chooses one'];
  return [
    `${SERVICE_WORDS[service]}: ${askedThisMonth} of ${count(allowance.monthlyQuota, 'number')} asked this month, at most ${allowance.requestsPerSecond} requests a second${nightly ? ', every night' : ''}`,
    `${status.unansweredContacts} of ${count(status.contacts, 'contact')} have no answer that is new enough`,
    ...(block === null ? [] : [`Not asked until ${block.until.toString()}: ${printable(block.message)}`]),
  ];
}

const batchRow = ({ id, state, chosen, total, counts, wait, createdAt }: ScrubBatch): readonly string[] => [
  createdAt.toString().slice(0, 16),
  state,
  printable(chosen),
  `${counts.listed} listed, ${counts.clean} clean, ${counts.unknown} unknown of ${total}`,
  wait === null ? '' : `waits until ${wait.until.toString()}: ${printable(wait.message)}`,
  showId('scrub', id),
];
