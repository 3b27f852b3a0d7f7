import { type RawBuilder, sql } from 'kysely';
import { expect, it } from 'vitest';
import type { Campaign } from '../src/http/contract/campaigns.ts';
import { type Random, seededRandom, systemRandom } from '../src/platform/random.ts';
import { type Instant, isBefore } from '../src/platform/time.ts';
import { expectBalancedBooks } from './books.ts';
import { AS_IT_IS, everybodyAgrees, insertContacts, testPhones } from './fixtures.ts';
import { mortalPostgres } from './mortal-postgres.ts';
import { holders, type ProcessWorld, processWorld } from './process-world.ts';
import type { ProductProcess } from './processes.ts';

/**
 * Real worker processes on a real campaign, killed at random, one of them stopped for longer than its lease, and PostgreSQL cut under
 * all of them. `CRASH_SEED=N` draws the same victims again; what the machine does in between cannot be repeated.
 */
const SEED = Number(process.env['CRASH_SEED'] ?? systemRandom.int(1, 1_000_000));
const PEOPLE = 3_000;
const WORKERS = 3;
const KILLS = 12;
const STOPS = 12;
/** Of so many whose turn comes next: some are handed over between their STOP and our hearing of it. */
const SOON = 60;
const HIRE_TRIES_MAX = 5;
const TEST_MS_MAX = 600_000;

const postgres = mortalPostgres();

it(
  `texts everybody once and records it, whoever is killed (CRASH_SEED=${SEED})`,
  async () => {
    process.stderr.write(`real crashes: CRASH_SEED=${SEED}\n`);
    const random = seededRandom(SEED);
    const world = await processWorld(postgres.database(), {
      accounts: 3,
      ratePerSecond: 25,
      sandbox: { faults: { slowAnswerShare: 0.5, slowAnswerMs: 150, loseAnswerShare: 0.01, loseRequestShare: 0.01 } },
    });
    await launch(world);
    await tellEpochsApart();
    const crew = await startCrew(world, random);

    const sleeping = sleepTooLong(world, crew);
    await Promise.all([crew.kill(KILLS), askToStop(world, random), sleeping.then(() => cutPostgres(world))]);
    await world.until('completed', () => nothingIsOpen(world));
    await (await sleeping).expectNothingChanged();
    const skipped = await phonesOf(sql`state = 'skipped' and skip_reason = 'opted_out'`);
    // The gateway knows of a STOP before we are told, and does not bring what it takes in between.
    const undelivered = await phonesOf(sql`state = 'failed'`);
    await expectBalancedBooks(postgres.database().db, world.sandbox, {
      sent: PEOPLE - skipped.length - undelivered.length,
      skipped: skipped.length,
      undelivered: undelivered.length,
    });
    const stopped = new Map(world.sandbox.inbound().map(({ from, answeredAt }) => [from, answeredAt]));
    expect([...skipped, ...undelivered].filter((phone) => !stopped.has(phone))).toEqual([]);
    expect(await begunAfter(stopped)).toEqual([]);
    expect(await confirmedPhones(world)).toEqual([...stopped.keys()].sort());
  },
  TEST_MS_MAX,
);

async function launch(world: ProcessWorld): Promise<void> {
  const client = await world.openOffice();
  await insertContacts(
    postgres.database().db,
    world,
    testPhones(PEOPLE).map((phone) => ({ phone })),
  );
  await everybodyAgrees(postgres.database().db);
  const { data: accounts } = await client.get<{ data: readonly { lanes: readonly { id: string }[] }[] }>(
    '/v1/accounts',
  );
  const draft = await client.send<Campaign>(
    'POST',
    '/v1/campaigns',
    {
      name: 'Crashes',
      audience: { all: true },
      variants: [{ label: 'A', body: 'Shall we come by? Reply STOP to opt out.' }],
      laneIds: accounts.flatMap((account) => account.lanes.map((lane) => lane.id)),
    },
    'create',
  );
  const launch = { revision: draft.revision, confirmName: draft.name, acknowledgement: AS_IT_IS.reason };
  await client.send('POST', `/v1/campaigns/${draft.id}/launch`, launch, 'launch');
}

interface Crew {
  /** Kills so many workers, one after the other; a new one starts for each. */
  kill(times: number): Promise<void>;
  /** One that holds an account; it is not killed from then on. */
  takeHolder(): Promise<ProductProcess>;
}

async function startCrew(world: ProcessWorld, random: Random): Promise<Crew> {
  const crew = await Promise.all(Array.from({ length: WORKERS }, () => world.processes.startWorker()));
  const coming: Promise<void>[] = [];
  return {
    async kill(times) {
      for (let time = 0; time < times; time += 1) {
        const goal = world.sandbox.accepted().length + random.int(1, 60);
        await world.until('more texts', async () => world.sandbox.accepted().length >= goal || isOver(world));
        await world.until('somebody to kill', () => crew.length > 1);
        const [victim] = crew.splice(random.int(0, crew.length - 1), 1);
        await victim?.kill();
        coming.push(hire(world).then((worker) => void crew.push(worker)));
      }
      await Promise.all(coming.splice(0));
    },
    async takeHolder() {
      let found: ProductProcess | undefined;
      await world.until('somebody holds an account', async () => {
        const holding = await holders(world);
        const at = crew.findIndex((worker) => holding.has(worker.pid));
        [found] = at < 0 ? [] : crew.splice(at, 1);
        return found !== undefined;
      });
      if (found === undefined) throw new Error('expected a worker that holds an account');
      return found;
    },
  };
}

/** A worker that starts while PostgreSQL is away says so and ends; whoever runs it starts it again. */
async function hire({ processes }: ProcessWorld): Promise<ProductProcess> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await processes.startWorker();
    } catch (error) {
      if (tries === HIRE_TRIES_MAX) throw error;
    }
  }
}

/**
 * Stops a worker in the middle of its work until others have settled all that it had begun, and wakes it: its claims and records come
 * too late then, and must change nothing.
 */
async function sleepTooLong(world: ProcessWorld, crew: Crew): Promise<{ expectNothingChanged(): Promise<void> }> {
  const worker = await crew.takeHolder();
  const held = await stopAtWork(world, worker);
  // Over is not enough: what it had begun to write is written after all, as long as nobody else holds the account.
  await world.until('taken over', () => areOthers(held));
  const attempts = (): Promise<readonly Attempt[]> => attemptsUnder(held);
  await world.until('settled', async () =>
    (await attempts()).every(({ outcome }) => outcome !== null && outcome !== 'unknown'),
  );
  const before = await attempts();
  worker.thaw();
  return {
    async expectNothingChanged() {
      // What it had in its hands when it was stopped is over once it has ended.
      await worker.drain();
      expect(await attempts()).toEqual(before);
    },
  };
}

/** While texts of it are under way: their answers come to it too late. Returns what it holds. */
async function stopAtWork(world: ProcessWorld, worker: ProductProcess): Promise<readonly HeldLease[]> {
  let held: readonly HeldLease[] = [];
  await world.until('stopped with texts under way', async () => {
    worker.freeze();
    held = await leasesOf(worker);
    if ((await attemptsUnder(held)).some(({ outcome }) => outcome === null)) return true;
    worker.thaw();
    return false;
  });
  return held;
}

/** The epochs of each account in a range of their own: an attempt says its epoch only, and its text may go to another account afterwards. */
async function tellEpochsApart(): Promise<void> {
  await sql`
    insert into account_lease (account_id, epoch)
    select id, 1000 * row_number() over (order by id) from gateway_account
    on conflict (account_id) do update set epoch = excluded.epoch, owner = null, expires_at = null`.execute(
    postgres.database().db,
  );
}

interface HeldLease {
  readonly accountId: string;
  readonly owner: string;
  readonly epoch: number;
}

async function leasesOf({ pid }: ProductProcess): Promise<readonly HeldLease[]> {
  const { rows } = await sql<HeldLease>`
    select account_id, owner, epoch from account_lease where split_part(owner, ':', 2) = ${String(pid)}`.execute(
    postgres.database().db,
  );
  return rows;
}

async function areOthers(held: readonly HeldLease[]): Promise<boolean> {
  const { rows } = await sql`
    select from jsonb_to_recordset(${JSON.stringify(held)}::jsonb) as l ("accountId" uuid, epoch bigint)
      join account_lease a on a.account_id = l."accountId" and a.epoch = l.epoch`.execute(postgres.database().db);
  return rows.length === 0;
}

interface Attempt {
  readonly messageId: string;
  readonly outcome: string | null;
}

async function attemptsUnder(leases: readonly HeldLease[]): Promise<readonly Attempt[]> {
  const { rows } = await sql<Attempt>`
    select a.message_id, a.attempt, a.outcome, a.detail, a.finished_at
    from jsonb_to_recordset(${JSON.stringify(leases)}::jsonb) as l (owner text, epoch bigint)
      join message_attempt a on a.worker = l.owner and a.lease_epoch = l.epoch
    order by a.message_id, a.attempt`.execute(postgres.database().db);
  return rows;
}

/** As a power cut would: every process of the server at once, while texts are under way. */
async function cutPostgres(world: ProcessWorld): Promise<void> {
  expect(await nothingIsOpen(world)).toBe(false);
  await postgres.kill();
  await postgres.start();
}

/** People of the audience say STOP all the while, each when the one before was heard, and just before their text would come. */
async function askToStop(world: ProcessWorld, random: Random): Promise<void> {
  for (let time = 0; time < STOPS; time += 1) {
    await world.until('texts go out', () => world.sandbox.accepted().length > (time * PEOPLE) / (STOPS + 1));
    let soon: readonly string[] = [];
    await world.until('people wait', async () => {
      // Not as long as PostgreSQL is away.
      soon = await textedSoon().catch(() => []);
      return soon.length > 0;
    });
    const from = soon[random.int(0, soon.length - 1)] ?? '';
    const { id } = await world.sandbox.personTexts({ from, to: '+15085550101', text: 'STOP' });
    await world.until('heard', () => world.sandbox.inbound().find((text) => text.id === id)?.answeredAt !== undefined);
  }
}

async function textedSoon(): Promise<readonly string[]> {
  const { rows } = await sql<{ phone: string }>`
    select phone from enrollment where state = 'pending' order by not_before, id limit ${SOON}`.execute(
    postgres.database().db,
  );
  return rows.map((row) => row.phone);
}

/** Not as long as nobody can tell. */
const isOver = (world: ProcessWorld): Promise<boolean> => nothingIsOpen(world).catch(() => false);

async function nothingIsOpen({ database: { db } }: ProcessWorld): Promise<boolean> {
  const { rows } = await sql`
    select 1 from campaign where state = 'running'
    union all select 1 from message where state in ('pending', 'handing_over', 'unknown')`.execute(db);
  return rows.length === 0;
}

async function phonesOf(enrollments: RawBuilder<unknown>): Promise<readonly string[]> {
  const { rows } = await sql<{ phone: string }>`select phone from enrollment where ${enrollments}`.execute(
    postgres.database().db,
  );
  return rows.map((row) => row.phone);
}

/** Campaign texts whose hand-over began after the STOP of their person was answered. */
async function begunAfter(stopped: ReadonlyMap<string, Instant | undefined>): Promise<readonly string[]> {
  const { rows } = await sql<{ phone: string; startedAt: Instant }>`
    select m.phone, a.started_at from message m join message_attempt a on a.message_id = m.id
    where m.purpose = 'campaign' and m.phone = any(${[...stopped.keys()]})`.execute(postgres.database().db);
  return rows.filter(({ phone, startedAt }) => isAfter(startedAt, stopped.get(phone))).map(({ phone }) => phone);
}

const isAfter = (at: Instant, other: Instant | undefined): boolean => other !== undefined && isBefore(other, at);

/** Who got a confirmation, as often as the gateway took one. */
async function confirmedPhones({ sandbox }: ProcessWorld): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select gateway_message_id as id from message where purpose = 'opt_out_confirmation'`.execute(
    postgres.database().db,
  );
  const ids = new Set(rows.map((row) => row.id));
  return sandbox
    .accepted()
    .filter(({ id }) => ids.has(id))
    .map(({ to }) => to)
    .sort();
}
