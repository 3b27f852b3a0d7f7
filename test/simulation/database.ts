import type pg from 'pg';
import { type Db, dbOver } from '../../src/platform/database.ts';
import { BEGINS, ENDS, type Outcome } from './backend.ts';
import { type Backends, DEADLOCK, type Freed } from './backends.ts';
import { type DatabaseFaults, NO_DATABASE_FAULTS } from './database-faults.ts';
import { createSessionPool, type Session } from './session-pool.ts';
import { comesTo, type StatementCrash, type Step } from './statement-crashes.ts';
import { digestOf, labelOf } from './statement-words.ts';
import type { Tally } from './tally.ts';
import { type Actor, stall, type World } from './world.ts';

/**
 * The database as the processes of the simulated world see it: each statement happens at its instant, one at a time, and may be
 * lost, with or without its effect. Who waits for a lock is left waiting while the world goes on (backends.ts).
 */
export interface SimDatabase {
  dbOf(actor: Actor): Db;
  /** Like the end of its process: open transactions are rolled back, statements that wait are given up. */
  crash(actor: Actor): void;
  /** `die` is called when the actor has come to that statement. */
  doom(actor: Actor, crash: StatementCrash, die: () => void): void;
  /** The next time that the actor has committed a hand-over, it stands still before it knows. */
  stallAtIntent(actor: Actor, ms: number): void;
  /** The process stands still: what it leaves open is ended by the server after a while. */
  stalls(actor: Actor): void;
  /** To be awaited after every step: rollbacks of the crashed. */
  settle(): Promise<void>;
  faults: DatabaseFaults;
}

export interface Committed {
  readonly actor: Actor;
  readonly statements: readonly string[];
  readonly topics: readonly string[];
  /** When its first statement was over, before whatever it read after that. */
  readonly beganMs: number;
}

interface Settle {
  readonly resolve: (rows: pg.QueryResult) => unknown;
  readonly reject: (error: unknown) => unknown;
}

/** Those of every connection of the product (platform/database.ts), here by the clock of the world. */
const LOCK_TIMEOUT_MS = 10_000;
const IDLE_TRANSACTION_MS = 60_000;

export function createSimDatabase(options: {
  readonly world: World;
  readonly backends: Backends;
  readonly tally: Tally;
  readonly onCommit: (committed: Committed) => Promise<void>;
}): SimDatabase {
  const { world, backends, tally } = options;
  const pool = createSessionPool(world, backends);
  const dying: Session[] = [];
  const dooms = new Map<Actor, { readonly crash: StatementCrash; readonly die: () => void }>();
  const stallsAtIntent = new Map<Actor, number>();
  const faults: DatabaseFaults = { ...NO_DATABASE_FAULTS };

  /** One after the other: each goes on until it waits again, so that the order of what follows is always the same. */
  const letThrough = async (freed: readonly Freed[]): Promise<void> => {
    for (const { backend, outcome } of freed) {
      const session = pool.sessionOf(backend);
      const deliver = session?.deliver;
      if (session === undefined || deliver === undefined) continue;
      session.deliver = undefined;
      await deliver(outcome);
      await turn();
    }
  };

  const lose = async (session: Session): Promise<void> => {
    session.lost = true;
    session.transaction = [];
    const freed = await backends.end(session.backend);
    await turn();
    await letThrough(freed);
  };

  /** What a fault makes of a statement that is about to run; `undefined`: it runs. */
  const spoilt = (text: string): 'lost' | 'serialization' | 'poison' | undefined => {
    const { statementLost, serialization, poison } = faults;
    if (statementLost + serialization + poison === 0 || ENDS.test(text)) return undefined;
    const drawn = world.random.next();
    if (drawn < statementLost) return 'lost';
    if (drawn < statementLost + serialization) return 'serialization';
    return APPLIES.test(text) && drawn < statementLost + serialization + poison ? 'poison' : undefined;
  };

  const isDoomed = (session: Session, actor: Actor, when: 'before' | 'after', step: Step) => {
    const doom = dooms.get(actor);
    if (doom === undefined || !actor.alive || !comesTo(doom.crash, when, step, session.transaction)) return false;
    doom.die();
    return !actor.alive;
  };

  const perform = async (session: Session, actor: Actor, step: Step, settle: Settle): Promise<void> => {
    const { text } = step;
    if (session.lost) return void settle.reject(lostConnection());
    if (isDoomed(session, actor, 'before', step)) return;
    pool.suit(session, text);
    const { backend } = session;
    const fault = spoilt(text);
    if (fault === 'lost') {
      tally.count('statement lost');
      settle.reject(lostConnection());
      return lose(session);
    }
    if (fault === 'serialization') tally.count('serialization failure');
    if (fault === 'poison') tally.count('event poisoned');
    const answerLost =
      (COMMITS.test(text) || STORES_EVENTS.test(text)) &&
      faults.commitAnswerLost > 0 &&
      world.random.next() < faults.commitAnswerLost;
    const deliver = async (outcome: Outcome): Promise<void> => {
      if ('error' in outcome) {
        if (codeOf(outcome.error) === DEADLOCK) tally.count('deadlock');
        return void settle.reject(outcome.error);
      }
      if (outcome.rows.rowCount === 0 && ASKS_FOR_LEASE.test(text)) tally.count('lease lost by a living worker');
      const stallMs = intends(session, step) ? (stallsAtIntent.get(actor) ?? 0) : 0;
      await noteEffects(session, actor, step);
      if (stallMs > 0) {
        tally.count('stall before the call');
        stallsAtIntent.delete(actor);
        world.note(`${actor.name} stalls for ${stallMs}, its intent committed`);
        stall(actor, world.now().epochMilliseconds + stallMs);
        world.after(stallMs, `${actor.name} hears of its commit`, () => void settle.resolve(outcome.rows));
        return;
      }
      // Inside of a transaction nothing is committed by storing events.
      if (answerLost && (COMMITS.test(text) || !backend.inTransaction)) {
        tally.count('commit without an answer');
        session.lost = true;
        return void settle.reject(lostConnection());
      }
      settle.resolve(outcome.rows);
    };
    const { outcome, freed } =
      fault === undefined
        ? await backends.run(backend, text, step.values)
        : await backends.run(backend, fault === 'poison' ? POISON : SERIALIZATION);
    if (outcome === undefined) {
      world.note(`${actor.name}: waits for a lock`);
      session.deliver = deliver;
      // The whole time hardly ever: whoever holds a lock commits, or is ended for standing still.
      const givenUp = faults.lockGivenUp > 0 && world.random.next() < faults.lockGivenUp;
      const waitMs = givenUp ? 1 : LOCK_TIMEOUT_MS;
      world.after(waitMs, 'a lock timeout', () => waitedLongEnough(session, deliver));
      return;
    }
    await deliver(outcome);
    if (freed.length > 0) await turn();
    await letThrough(freed);
  };

  const waitedLongEnough = async (session: Session, deliver: Session['deliver']): Promise<void> => {
    if (session.deliver !== deliver) return;
    tally.count('lock timeout');
    const { outcome, freed } = await backends.giveUp(session.backend, LOCK_NOT_AVAILABLE);
    if (outcome !== undefined) await letThrough([{ backend: session.backend, outcome }]);
    await letThrough(freed);
  };

  const noteEffects = async (session: Session, actor: Actor, step: Step): Promise<void> => {
    const { text, values } = step;
    const { transaction, topics } = session;
    if (transaction.length === 0) session.beganMs = world.now().epochMilliseconds;
    // Outside of a transaction a statement is one of its own.
    const alone = !session.backend.inTransaction && WRITES.test(text);
    const committed = COMMITS.test(text) || alone;
    if (text.includes('pg_notify') && Array.isArray(values?.[1])) topics.push(...values[1].map(String));
    if (committed || ENDS.test(text)) {
      session.transaction = [];
      session.topics = [];
    } else transaction.push(step);
    const done = alone ? [step] : transaction;
    if (committed)
      await options.onCommit({ actor, statements: done.map((one) => one.text), topics, beganMs: session.beganMs });
    const doom = dooms.get(actor);
    if (doom !== undefined && actor.alive && comesTo(doom.crash, 'after', step, transaction)) doom.die();
  };

  const statement = (session: Session, actor: Actor, text: string, values: readonly unknown[] | undefined) => {
    const { backend } = session;
    // They go with the next statement, and with none if there is none.
    if (
      BEGINS.test(text) ||
      (ENDS.test(text) && !session.lost && session.transaction.length === 0 && !backend.inTransaction)
    )
      return backend.query(text);
    return new Promise<pg.QueryResult>((resolve, reject) => {
      const label = `${labelOf(text)} ${digestOf(values)}`;
      // The dead hear of nothing.
      const settle: Settle = {
        resolve: (rows) => actor.alive && resolve(rows),
        reject: (error) => actor.alive && reject(error),
      };
      void world.wait(actor, label, () => perform(session, actor, { text, values }, settle));
    });
  };

  return {
    faults,
    dbOf: (actor) =>
      dbOver({
        options: {},
        async connect() {
          const session = await pool.take(actor);
          return {
            query: (text: unknown, values?: unknown) =>
              statement(session, actor, String(text), values as readonly unknown[] | undefined),
            release: () => {
              if (session.owner === actor) pool.giveBack(session);
            },
          } as never;
        },
        end: async () => undefined,
      }),
    stallAtIntent: (actor, ms) => void stallsAtIntent.set(actor, ms),
    doom: (actor, crash, die) => void dooms.set(actor, { crash, die }),
    crash(actor) {
      actor.alive = false;
      dooms.delete(actor);
      dying.push(...pool.sessionsOf(actor));
    },
    stalls(actor) {
      world.after(IDLE_TRANSACTION_MS, `${actor.name}: its transactions are too old`, async () => {
        if (!actor.alive || actor.stalledUntilMs <= world.now().epochMilliseconds) return;
        for (const session of pool.sessionsOf(actor)) {
          if (session.lost || session.deliver !== undefined) continue;
          if (!session.backend.inTransaction) continue;
          tally.count('idle transaction ended');
          await lose(session);
        }
      });
    },
    async settle() {
      for (const session of dying.splice(0)) {
        session.deliver = undefined;
        const waited = session.backend.waiting !== undefined;
        const freed = await backends.end(session.backend);
        if (waited) pool.forget(session);
        else pool.giveBack(session);
        await letThrough(freed);
      }
    },
  };
}

/** The commit of a hand-over. */
const intends = ({ transaction }: Session, { text }: Step): boolean =>
  COMMITS.test(text) && transaction.some((step) => step.text.includes('into message_attempt'));
const COMMITS = /^commit\b/i;
/** Outside of a transaction, most of the time. */
const STORES_EVENTS = /insert into gateway_event /;
const WRITES = /\b(insert into|update|delete from|pg_notify)\b/i;
const LOCK_NOT_AVAILABLE = '55P03';
/** Of a holder: the fence, and the renewal. Without a row, somebody else holds the account. */
const ASKS_FOR_LEASE = /from account_lease\s+where[^;]*for share|update account_lease set expires_at/;
/** Takes an event to apply it. */
const APPLIES = /from gateway_event e join gateway_account/;
const POISON = "do $$ begin raise exception 'no event is like this one' using errcode = 'P0001'; end $$";
/** Fails as the server does when two transactions cannot be put in an order. */
const SERIALIZATION = "do $$ begin raise exception 'could not serialize access' using errcode = '40001'; end $$";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const lostConnection = (): Error =>
  Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
