/**
 * `textwright demo`: the whole product against the sandbox, three business days in about a minute. Everything goes through the
 * same API and the same wire as in production; only the clock is faster and the people are invented.
 */
import { connect } from 'node:net';
import { sql } from 'kysely';
import { endOverdueReviews } from '../conversations/end-overdue-reviews.ts';
import { SANDBOX_ACCOUNT } from '../gateways/sandbox/local-sandbox.ts';
import { DEFAULT_FAULTS } from '../gateways/sandbox/options.ts';
import { type Sandbox, startSandbox } from '../gateways/sandbox/sandbox.ts';
import type { CampaignLive } from '../http/contract/campaign-live.ts';
import { type Running, start } from '../main.ts';
import { openConfiguredDatabase } from '../open-database.ts';
import { patience, type WarpClock, warpClock } from '../platform/clock.ts';
import { type Config, parseConfig } from '../platform/config.ts';
import { parseId } from '../platform/ids.ts';
import { createLog, type Log } from '../platform/log.ts';
import { migrateDown } from '../platform/migrate.ts';
import { addMs, type Instant, instant, isBefore, SECOND_MS } from '../platform/time.ts';
import { heardBeforehand, SETUP_FAULTS } from './demo-beforehand.ts';
import { closeBooks, type DemoReport, isAtRest } from './demo-books.ts';
import { demoClient } from './demo-client.ts';
import { type DemoProgress, reportLines } from './demo-progress.ts';
import { type DemoFolder, type DemoState, openDemoFolder } from './demo-state.ts';
import { connectNumbers, importSample, launchDemoCampaign, OWNER, signIn, uploadRegistry } from './demo-steps.ts';

export interface DemoOptions {
  /** End with the report instead of staying up to be explored. */
  readonly exitAtEnd: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDir: string;
  readonly progress: DemoProgress;
  /** Aborts when a person wants to stop; the demo can be continued later. */
  readonly signal: AbortSignal;
}

/** A Tuesday morning, so that three business days follow. */
const STARTS_AT = instant('2026-11-17T13:30:00Z');
const SEED = 20261117;
/** An hour of the demo's world in a second; slow while things are being set up, so that the campaign has its whole first day. */
const FACTOR = 3_600;
const SETUP_FACTOR = 10;
const WATCH_MS = 200;
const GIVE_UP_MS = 5 * 60 * SECOND_MS;
const REPEAT_EVERY_MS = 200;

/** Plays the demo; `undefined` when it was stopped before its end. Throws with the remedy when it cannot run here. */
export async function runDemo(options: DemoOptions): Promise<DemoReport | undefined> {
  const config = parseConfig(
    { LOG_LEVEL: 'warn', ...options.env, DATABASE_URL: undefined, TEXTWRIGHT_PUBLIC_URL: undefined },
    options.workingDir,
  );
  const folder = await openDemoFolder(config.dataDir);
  const log = createLog({ level: config.logLevel });
  const demoConfig: Config = { ...config, dataDir: folder.path };
  const before = await prepareFolder(folder, demoConfig, log, options.progress);
  const clock =
    before === undefined
      ? warpClock({ startsAt: STARTS_AT, factor: SETUP_FACTOR })
      : warpClock({ startsAt: resumeAt(before), factor: FACTOR });
  const world = await openWorld({ folder, config: demoConfig, log, clock, before });
  try {
    return await play(options, world);
  } finally {
    await world.close();
  }
}

interface World {
  readonly clock: WarpClock;
  readonly sandbox: Sandbox;
  readonly running: Running;
  readonly url: string;
  readonly resumed: boolean;
  finish(): Promise<void>;
  close(): Promise<void>;
}

async function play(options: DemoOptions, world: World): Promise<DemoReport | undefined> {
  const { clock, sandbox, running, url } = world;
  const { progress, signal } = options;
  const client = demoClient(url);
  await signIn(client);
  const account = await connectNumbers(client, sandbox.url);
  await importSample(client, clock);
  await uploadRegistry(client, clock);
  await heardBeforehand({ clock, sandbox, db: running.services.database.db });
  sandbox.setFaults(DEFAULT_FAULTS);
  const campaign = await launchDemoCampaign(client, account);
  progress.launched({
    campaignUrl: `${url}/campaigns/${campaign.id}`,
    email: OWNER.email,
    password: OWNER.password,
    resumed: world.resumed,
  });
  clock.setFactor(FACTOR);

  const campaignId = parseId('campaign', campaign.id);
  if (campaignId === undefined) throw new Error(`the API named the campaign "${campaign.id}"`);
  const giveUpAt = performance.now() + GIVE_UP_MS;
  while (!signal.aborted) {
    const live = await client.get<CampaignLive>(`/v1/campaigns/${campaign.id}/live`);
    progress.tick(live, clock.factor);
    const over =
      live.campaign.state === 'completed' &&
      sandbox.pending() === 0 &&
      (await isAtRest(running.services.database.db, campaignId));
    if (over || performance.now() > giveUpAt) break;
    await clock.sleep(patience(clock, WATCH_MS), signal);
  }
  if (signal.aborted) return undefined;
  clock.setFactor(1);
  const report = await closeBooks(running.services.database.db, sandbox);
  await world.finish();
  progress.finished(reportLines(report), { url, stays: !options.exitAtEnd });
  if (!options.exitAtEnd) await untilAborted(signal);
  return report;
}

async function openWorld(parts: {
  readonly folder: DemoFolder;
  readonly config: Config;
  readonly log: Log;
  readonly clock: WarpClock;
  readonly before: DemoState | undefined;
}): Promise<World> {
  const { folder, log, clock, before } = parts;
  const sandbox = await startSandbox({
    clock,
    seed: SEED,
    port: before?.sandboxPort ?? 0,
    journalPath: folder.journalPath,
    accounts: [SANDBOX_ACCOUNT],
    faults: SETUP_FAULTS,
  });
  const running = await start({
    config: { ...parts.config, port: before?.httpPort ?? parts.config.port },
    role: 'all',
    clock,
    log,
    engine: { leaseMs: 3_000, settleGraceMs: 25_000 },
  }).catch(async (error: unknown) => {
    await sandbox.close();
    throw error;
  });
  const { url } = running;
  if (url === undefined) throw new Error('the server did not say where it listens');
  let finished = false;
  /** How far the clock has come, so that a demo that is killed goes on from there. */
  const write = () =>
    folder.writeState({
      version: 1,
      seed: SEED,
      httpPort: Number(new URL(url).port),
      sandboxPort: Number(new URL(sandbox.url).port),
      clockAt: clock.now().toString(),
      finished,
    });
  await write();
  const writing = repeat(clock, write);
  // The job that ends them counts the minutes of the machine, of which one is two days and a half here.
  const endingReviews = repeat(clock, () => endOverdueReviews(running.services));
  return {
    clock,
    sandbox,
    running,
    url,
    resumed: before !== undefined,
    async finish() {
      finished = true;
      await write();
    },
    async close() {
      await writing.stop();
      await endingReviews.stop();
      await running.close();
      await sandbox.close();
    },
  };
}

function repeat(clock: WarpClock, act: () => Promise<void>): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await clock.rest(REPEAT_EVERY_MS, stopping.signal);
      await act();
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

/** Behind everything that was written before the kill: the state may be a little older than the last row. */
const resumeAt = (state: DemoState): Instant => addMs(instant(state.clockAt), 2 * REPEAT_EVERY_MS * FACTOR);

/** The state of an unfinished demo, to be continued; otherwise an empty folder and database. */
async function prepareFolder(
  folder: DemoFolder,
  config: Config,
  log: Log,
  progress: DemoProgress,
): Promise<DemoState | undefined> {
  const before = await folder.readState();
  if (before !== undefined) await refuseTakenPorts(folder, before);
  if (before !== undefined && !before.finished && !isBefore(instant(before.clockAt), STARTS_AT)) {
    progress.resuming(instant(before.clockAt));
    return before;
  }
  await emptyDatabase(config, log);
  await folder.clear();
  return undefined;
}

/** A demo holds both of its ports. A finished one needs neither again; an unfinished one needs both, as its people know them. */
async function refuseTakenPorts(folder: DemoFolder, { httpPort, sandboxPort, finished }: DemoState): Promise<void> {
  const taken: number[] = [];
  for (const port of [httpPort, sandboxPort]) if (await isTaken(port)) taken.push(port);
  if (taken.length === 2)
    throw new Error(
      `a demo is running at http://127.0.0.1:${httpPort} on ${folder.path}: stop it first, or choose another TEXTWRIGHT_DATA_DIR`,
    );
  if (taken.length > 0 && !finished)
    throw new Error(
      `the demo that was interrupted needs port ${taken[0]}, which another program uses: stop that program, or remove ${folder.path} to start a fresh demo`,
    );
}

const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (taken: boolean): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });

async function emptyDatabase(config: Config, log: Log): Promise<void> {
  const opened = await openConfiguredDatabase(config, log);
  try {
    await opened.asOwner(async (db, plan) => {
      await migrateDown(db, { ...plan, toVersion: 0 });
      await sql`drop schema if exists pgboss cascade`.execute(db);
    });
  } finally {
    await opened.close();
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
