import { showReplay } from '../http/routes/replay-routes.ts';
import { runTx } from '../platform/database.ts';
import { parseId, showId, type Uuid } from '../platform/ids.ts';
import { openJobs } from '../platform/jobs.ts';
import { createLog } from '../platform/log.ts';
import type { EventSelection } from '../webhooks/event-filter.ts';
import { UNMASKED } from '../webhooks/mask-event.ts';
import {
  cancelReplay,
  DEFAULT_PER_SECOND,
  getProgress,
  previewReplay,
  type ReplayPreview,
  type ReplayProgress,
  startReplay,
} from '../webhooks/replay-events.ts';
import { REPLAY_QUEUE } from '../webhooks/replay-job.ts';
import { actor, type CliServices, granted, withServices } from './open-services.ts';
import { type Shell, UsageError } from './shell.ts';
import type { FilterOptions } from './webhook-event-options.ts';
import { chosenEvents } from './webhook-events.ts';
import { sampleLines } from './webhook-sample.ts';
import { count } from './words.ts';

export interface ReplayOptions extends FilterOptions {
  readonly all?: true;
  readonly reason?: string;
  readonly rate?: number;
  readonly yes?: true;
  readonly detach?: true;
  readonly cancel?: string;
  readonly json?: true;
}

/** One event at once; those of a filter as a dry run unless `--yes` says more. */
export async function replayCommand(
  reference: string | undefined,
  options: ReplayOptions,
  shell: Shell,
): Promise<void> {
  await withServices(shell, async (services) => {
    if (options.cancel !== undefined) return cancel(services, options.cancel, { options, shell });
    const selection = await chosenEvents(services, reference, { options, verb: 'replay' });
    if (reference === undefined && options.yes !== true) return tellPreview(services, selection, { options, shell });
    const replay = await begin(services, selection, options);
    if (options.detach) return tell(replay, { options, shell });
    await watch(services, replay, { options, shell });
  });
}

interface Around {
  readonly options: ReplayOptions;
  readonly shell: Shell;
}

async function tellPreview({ database: { db } }: CliServices, selection: EventSelection, { options, shell }: Around) {
  const preview = await previewReplay(db, selection);
  const { showPreview } = await import('../http/routes/replay-routes.ts');
  if (options.json) await shell.out.json(showPreview(preview));
  else await shell.out.lines(...previewLines(preview));
  if (preview.total > 0) shell.tell('This was a dry run: add --yes to replay them');
}

function previewLines({ total, totalIsLeast, leftAlone, counts, sample }: ReplayPreview): readonly string[] {
  const events = `${totalIsLeast ? 'at least ' : ''}${count(total, 'event')}`;
  const others = leftAlone === 0 ? '' : `; ${count(leftAlone, 'other')} on their way already, left alone`;
  return [`${events} would be applied once more${others}`, ...sampleLines(counts, sample)];
}

async function begin(
  services: CliServices,
  selection: EventSelection,
  options: ReplayOptions,
): Promise<ReplayProgress> {
  const { config, database } = services;
  const log = createLog({ level: config.logLevel });
  const jobs = await openJobs({ connectionString: database.connectionString, queues: [REPLAY_QUEUE], log });
  const order = { selection, reason: options.reason, perSecond: options.rate ?? DEFAULT_PER_SECOND, by: actor() };
  try {
    return granted(await runTx(database.db, (tx) => startReplay(tx, { ...services, jobs }, order)));
  } finally {
    await jobs.close();
  }
}

const LOOK_EVERY_MS = 300;
const NOBODY_AFTER_MS = 10_000;

/** Shows how far it is until it is over. Whoever interrupts is asked whether the replay shall end too. */
async function watch(services: CliServices, begun: ReplayProgress, around: Around): Promise<void> {
  const { database, clock } = services;
  const { shell } = around;
  const stopping = shell.interruption();
  let replay = begun;
  for (let waitedMs = 0; isOpen(replay) && !stopping.aborted; waitedMs += LOOK_EVERY_MS) {
    shell.progress(`${count(replay.done, 'event')} of ${replay.total.toLocaleString('en-US')} replayed`);
    if (replay.state === 'pending' && waitedMs === NOBODY_AFTER_MS - (NOBODY_AFTER_MS % LOOK_EVERY_MS))
      shell.tell('No server has begun it yet: it waits for "textwright serve" or "textwright worker"');
    await clock.sleep(LOOK_EVERY_MS, stopping);
    replay = granted(await getProgress(database.db, begun.id));
  }
  shell.progress('');
  if (isOpen(replay)) replay = await leave(services, replay, shell);
  await tell(replay, around);
}

const isOpen = ({ state }: ReplayProgress): boolean => state === 'pending' || state === 'running';

async function leave(services: CliServices, replay: ReplayProgress, shell: Shell): Promise<ReplayProgress> {
  const answer = await shell.ask?.('Cancel the replay too? Otherwise it goes on without this command (y/N) ');
  if (answer?.trim().toLowerCase().startsWith('y')) {
    const cancelled = await cancelReplay(services.database.db, services, { id: replay.id, by: actor() });
    if (cancelled.ok) return cancelled.value;
  }
  shell.tell(`It goes on; "textwright webhook replay --cancel ${showId('replay', replay.id)}" ends it`);
  return replay;
}

async function cancel(services: CliServices, reference: string, around: Around): Promise<void> {
  const id = parseId('replay', reference);
  if (id === undefined)
    throw new UsageError(`"${reference}" is no id of a replay, like rpl_0193f6c2a1b47c3d8e5f60718293a4b5`);
  await tell(granted(await cancelReplay(services.database.db, services, { id, by: actor() })), around);
}

async function tell(replay: ReplayProgress, { options, shell }: Around): Promise<void> {
  if (options.json) return shell.out.json(showReplay(replay, UNMASKED));
  await shell.out.lines(`Replay ${showReplayId(replay.id)} is ${replay.state}: ${outcome(replay)}`);
}

const showReplayId = (id: Uuid): string => showId('replay', id);

const outcome = ({ done, total, waiting, failed }: ReplayProgress): string =>
  [
    `${done.toLocaleString('en-US')} of ${count(total, 'event')} replayed`,
    `${Math.max(0, done - waiting - failed).toLocaleString('en-US')} applied`,
    ...(waiting === 0 ? [] : [`${waiting.toLocaleString('en-US')} still waiting`]),
    ...(failed === 0 ? [] : [`${failed.toLocaleString('en-US')} failed again`]),
  ].join(', ');
