import { sql } from 'kysely';
import { carryOptOuts } from '../../src/compliance/carry-opt-outs.ts';
import { endOverdueReviews } from '../../src/conversations/end-overdue-reviews.ts';
import type { GatewayEvent, WebhookEdge } from '../../src/gateways/gateway.ts';
import type { Db } from '../../src/platform/database.ts';
import { type NewUuid, type Uuid, uuidSource } from '../../src/platform/ids.ts';
import type { Jobs } from '../../src/platform/jobs.ts';
import type { Log } from '../../src/platform/log.ts';
import { err, ok } from '../../src/platform/result.ts';
import type { Secrets } from '../../src/platform/secrets.ts';
import { instant } from '../../src/platform/time.ts';
import { applyWaiting } from '../../src/webhooks/apply-event.ts';
import type { NewEvent } from '../../src/webhooks/event-store.ts';
import type { IncomingHeaders } from '../../src/webhooks/incoming.ts';
import { openIntake } from '../../src/webhooks/intake.ts';
import { retryQueue } from '../../src/webhooks/retry-event.ts';
import type { Spool } from '../../src/webhooks/spool.ts';
import { createTally } from '../../src/webhooks/tally.ts';
import type { Backends } from './backends.ts';
import type { SimDatabase } from './database.ts';
import { isExpected } from './faults-log.ts';
import type { HowDelivered } from './outside.ts';
import { asOften, STATEMENT_CRASHES } from './statement-crashes.ts';
import type { Tally } from './tally.ts';
import { actorNamed, type World } from './world.ts';

/**
 * The API process: takes the gateway's events in, applies them, and does what people ask for. It may die at any moment; what it was
 * asked for is then asked again, by the provider, the queue of jobs, or the person.
 */
export interface Product {
  receive(accountId: Uuid, event: GatewayEvent): void;
  /** Of an event that is cut short, or that nobody has signed: such a one is kept without effect, or refused. */
  receiveBad(accountId: Uuid, event: GatewayEvent, how: 'garbled' | 'forged'): void;
  /** What a person asks for, until it has succeeded or `tries` are over. */
  ask(label: string, work: (asked: Asked) => Promise<unknown>, options?: { readonly tries?: number }): void;
  /** What it does every minute, for when there is something to do. */
  everyMinute(job: MinuteJob): void;
  /** Jobs that a transaction has just put in. */
  startJobs(): Promise<void>;
  /** Events wait to be applied. */
  wakeApplier(): void;
  /** The process ends, and another one starts in its place. */
  restart(): void;
  /** The next time that it comes to a point drawn at random, it dies there. */
  doom(): void;
}

export type MinuteJob = 'reviews that nobody decided on' | 'opt-outs to carry';

export interface Asked {
  readonly db: Db;
  readonly clock: ReturnType<World['clockOf']>;
  readonly newUuid: NewUuid;
  readonly jobs: Jobs;
}

interface Process {
  readonly actor: ReturnType<typeof actorNamed>;
  readonly db: Db;
  readonly asked: Asked;
  readonly receive: (
    accountId: Uuid,
    event: GatewayEvent,
    how: HowDelivered,
  ) => Promise<'answered' | 'kept' | 'refused'>;
  readonly applyWaiting: () => Promise<unknown>;
  readonly retry: (data: unknown, lastAttempt: boolean) => Promise<void>;
  readonly drainSpool: () => Promise<unknown>;
  readonly everyMinute: Readonly<Record<MinuteJob, () => Promise<void>>>;
}

const ANSWER_WITHIN_MS = 10_000;
const EVENT_TRIES = 12;
/** After so many an event is kept as failed; a last try that is cut short is repeated (platform/jobs.ts). */
const JOB_LAST_TRY = 3;
const JOB_TRIES = 40;
/** What must be done goes on for as long as it takes. */
const TRIES_WITHOUT_END = 1_000;
const WAKES_WITHIN_MS = 500;
const PASSES_MAX = 2;
const DRAINS_WITHIN_MS = 4_000;
const POINTS = STATEMENT_CRASHES.filter(({ of }) => of === 'api').flatMap(asOften);

export function createProduct(around: {
  readonly world: World;
  readonly sim: SimDatabase;
  readonly backends: Backends;
  readonly tally: Tally;
  /** At which of its points it is to die first. */
  readonly firstCrash: number;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly mistake: (sentence: string) => void;
  /** An event was answered 2xx. */
  readonly onAnswered: (accountId: Uuid, event: GatewayEvent) => Promise<void>;
  /** It was answered 503, and is on the disk. */
  readonly onKept: (accountId: Uuid, event: GatewayEvent) => void;
}): Product {
  const { world, sim, tally } = around;
  const { random } = world;
  const disk: Disk = new Map();
  let starts = 0;
  let dooms = 0;
  let applierWoken = false;

  /** A file that is away while its events are not stored is lost with the process that had read it. */
  const diesOnceTaken = (): void => {
    if (sim.faults.statementLost === 0 || random.next() >= 0.8) return;
    tally.count('crash after a file was taken from the disk');
    restart();
  };

  const start = (): Process => {
    starts += 1;
    const actor = actorNamed(starts === 1 ? 'api' : `api${starts}`);
    const db = sim.dbOf(actor);
    const clock = world.clockOf(actor);
    const asked = { db, clock, newUuid: uuidSource({ clock, random }), jobs: simJobs };
    const services = {
      ...asked,
      random,
      database: { db, pool: undefined as never, connectionString: '', close: async () => undefined },
      secrets: around.secrets,
      log: around.log,
      webhookEdge: () => simEdge,
      publicUrl: () => '',
      localUrl: () => '',
    };
    const intake = openIntake(services, {
      spool: spoolOn(disk, (label, act) => world.wait(actor, label, act), diesOnceTaken),
      perSecond: 500,
      tally: createTally(clock),
    });
    const queue = retryQueue(services);
    return {
      actor,
      db,
      asked,
      async receive(accountId, event, how) {
        const whole = Buffer.from(JSON.stringify(event));
        const rawBody = how === 'garbled' ? whole.subarray(0, whole.length / 2) : whole;
        const headers: IncomingHeaders = how === 'forged' ? {} : { [SIGNED]: 'yes' };
        const address = { kind: 'quo', accountId, sandboxOnly: false, query: '' } as const;
        const received = await intake.receive({ ...address, rawBody, headers, source: 'gateway' });
        if (received.ok) return 'answered';
        if (received.error.kind === 'signature') return 'refused';
        if (received.error.kind !== 'away') throw new Error(`event refused: ${received.error.message}`);
        return 'kept';
      },
      drainSpool: intake.drainSpool,
      everyMinute: {
        'reviews that nobody decided on': () => endOverdueReviews(services),
        'opt-outs to carry': () => carryOptOuts(services),
      },
      applyWaiting: fewAtOnce(() => applyWaiting(services)),
      retry: async (data, lastAttempt) =>
        queue.handle?.({ id: 'job', data, lastAttempt, signal: new AbortController().signal }),
    };
  };
  let running = start();

  const restart = (): void => {
    world.note(`${running.actor.name} dies`);
    sim.crash(running.actor);
    running = start();
  };

  /**
   * Something that the process does, again after a failure, and again when there is no sign of it after a while: it may have died
   * meanwhile.
   */
  const persist = (
    label: string,
    step: (process: Process, attempt: number) => Promise<unknown>,
    limits: { readonly tries: number; readonly waitMs: number },
    attempt = 1,
  ): void => {
    const by = running;
    let settled = false;
    const again = (): void => {
      if (settled) return;
      settled = true;
      if (attempt < limits.tries)
        world.after(random.int(1, limits.waitMs) * Math.min(8, attempt), `again ${label}`, () =>
          persist(label, step, limits, attempt + 1),
        );
      else world.note(`given up: ${label}`);
    };
    step(by, attempt).then(
      () => {
        settled = true;
      },
      (error: unknown) => {
        if (!isExpected(error)) around.mistake(`mistake: ${label} threw ${String(error)}`);
        again();
      },
    );
    const lookWhetherAlive = (): void =>
      world.after(ANSWER_WITHIN_MS, `${label} had its time`, () => {
        if (!by.actor.alive) again();
        // It waits for a lock, and may still die.
        else if (!settled) lookWhetherAlive();
      });
    lookWhetherAlive();
  };

  const receive = (accountId: Uuid, event: GatewayEvent): void =>
    persist(
      `event ${event.eventId}`,
      async (by) => {
        if ((await by.receive(accountId, event, 'as it is')) === 'answered') return around.onAnswered(accountId, event);
        tally.count('event put down on the disk');
        around.onKept(accountId, event);
        world.after(random.int(1, DRAINS_WITHIN_MS), 'the disk is looked at', () =>
          persist('drain', (process) => process.drainSpool(), { tries: TRIES_WITHOUT_END, waitMs: DRAINS_WITHIN_MS }),
        );
        // Half of the time its provider does not send it again.
        if (random.next() < 0.5) throw answeredAway();
      },
      { tries: EVENT_TRIES, waitMs: 2_000 },
    );

  const receiveBad: Product['receiveBad'] = (accountId, event, how) =>
    persist(
      `${how} event ${event.eventId}`,
      async (by) => {
        const answer = await by.receive(accountId, { ...event, eventId: `${how} ${event.eventId}` }, how);
        if (how === 'forged' && answer !== 'refused') around.mistake(`forged: ${event.eventId} was ${answer}`);
      },
      { tries: EVENT_TRIES, waitMs: 2_000 },
    );

  return {
    receive,
    receiveBad,
    restart,
    ask: (label, work, { tries = 1 } = {}) => persist(label, (by) => work(by.asked), { tries, waitMs: 5_000 }),
    everyMinute: (job) => persist(job, (by) => by.everyMinute[job](), { tries: TRIES_WITHOUT_END, waitMs: 2_000 }),
    async startJobs() {
      const { rows } = await around.backends.apart.query('delete from sim_job returning id, data');
      for (const { data } of rows)
        world.after(random.int(1, 30), 'job', () =>
          persist('job', (by, attempt) => by.retry(data, attempt >= JOB_LAST_TRY), { tries: JOB_TRIES, waitMs: 2_000 }),
        );
    },
    wakeApplier() {
      if (applierWoken) return;
      applierWoken = true;
      world.after(random.int(1, WAKES_WITHIN_MS), 'events wait', () => {
        applierWoken = false;
        persist('apply', (by) => by.applyWaiting(), { tries: TRIES_WITHOUT_END, waitMs: 2_000 });
      });
    },
    doom() {
      const point = POINTS[(around.firstCrash + dooms) % POINTS.length];
      dooms += 1;
      if (point === undefined) return;
      world.note(`${running.actor.name} is to die ${point.name}`);
      sim.doom(running.actor, point, () => {
        tally.count(`crash ${point.name}`);
        restart();
      });
    },
  };
}

/** As many as two processes beside each other make; one more call has the last of them look once more, as the product's wake does. */
function fewAtOnce(pass: () => Promise<void>): () => Promise<void> {
  let running = 0;
  let again = false;
  return async () => {
    if (running === PASSES_MAX) {
      again = true;
      return;
    }
    running += 1;
    try {
      do {
        again = false;
        await pass();
      } while (again);
    } finally {
      running -= 1;
    }
  };
}

/** What a provider makes of a 503. */
const answeredAway = (): Error => Object.assign(new Error('answered 503'), { code: 'ECONNRESET' });

/** Outlives the processes. */
type Disk = Map<string, readonly NewEvent[]>;

function spoolOn(disk: Disk, wait: <T>(label: string, act: () => T) => Promise<T>, onRemoved: () => void): Spool {
  return {
    write: (name, events) => wait('writes to the disk', () => void disk.set(name, events)),
    list: () => wait('looks at the disk', () => [...disk.keys()].sort()),
    read: (name) => wait('reads from the disk', () => disk.get(name) ?? []),
    remove: (name) =>
      wait('takes from the disk', () => {
        disk.delete(name);
        onRemoved();
      }),
    // A file is whole as soon as it is there.
    removeUnfinished: async () => undefined,
  };
}

/** Jobs that run as soon as their transaction has committed; a key's order is left to chance, as redeliveries leave it. */
const simJobs: Jobs = {
  async enqueue(tx, queue, jobs) {
    const data = JSON.stringify(jobs.map((job) => job.data));
    await sql`insert into sim_job (queue, data) select ${queue}, data from jsonb_array_elements(${data}::jsonb) as data`.execute(
      tx,
    );
  },
  close: async () => undefined,
};

const SIGNED = 'signed';

/** The wire is not what is simulated here: events come as they are, cut short, or unsigned. */
const simEdge: WebhookEdge = {
  verify: ({ header }) =>
    header(SIGNED) === undefined ? err({ reason: 'signature_missing', message: 'nobody' }) : ok({ secretIndex: 0 }),
  parse(rawBody) {
    try {
      const event = JSON.parse(Buffer.from(rawBody).toString('utf8'));
      return ok({ ...event, at: instant(event.at) } as GatewayEvent);
    } catch {
      return err({ message: 'cut short' });
    }
  },
};
