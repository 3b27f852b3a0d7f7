import type { Backend, Outcome } from './backend.ts';
import type { Backends } from './backends.ts';
import type { Step } from './statement-crashes.ts';
import type { Actor, World } from './world.ts';

/** A connection as a process of the simulated world holds it. */
export interface Session {
  backend: Backend;
  owner: Actor | undefined;
  lost: boolean;
  transaction: Step[];
  /** When the first of them was over. */
  beganMs: number;
  topics: string[];
  /** Of the statement that waits. */
  deliver: ((outcome: Outcome) => Promise<void>) | undefined;
}

/** More than the product has statements. */
const PLANS_MAX = 10_000;
/** As many as the pool of a process has; who needs more waits for one of its own. */
const POOL_MAX = 10;

export interface SessionPool {
  take(actor: Actor): Promise<Session>;
  giveBack(session: Session): void;
  /**
   * Before a statement outside of a transaction, or the first of one: the session takes the connection of a free one that has its plan, and
   * most plans besides. They are made anew in each run and on each connection, which would be a fifth of all that the server does.
   */
  suit(session: Session, text: string): void;
  /** Its connection is gone. */
  forget(session: Session): void;
  sessionOf(backend: Backend): Session | undefined;
  sessionsOf(actor: Actor): readonly Session[];
}

export function createSessionPool(world: World, backends: Backends): SessionPool {
  const sessions = new Map<Backend, Session>();
  const free: Session[] = [];
  const queued: { readonly actor: Actor; readonly resolve: () => void }[] = [];

  const open = async (): Promise<Session> => {
    const backend = await backends.take();
    const session: Session = {
      backend,
      owner: undefined,
      lost: false,
      transaction: [],
      beganMs: 0,
      topics: [],
      deliver: undefined,
    };
    sessions.set(backend, session);
    return session;
  };
  const sessionsOf = (actor: Actor): readonly Session[] =>
    [...sessions.values()].filter((session) => session.owner === actor);

  return {
    async take(actor) {
      if (sessionsOf(actor).length >= POOL_MAX)
        await new Promise<void>((resolve) => {
          queued.push({ actor, resolve });
        });
      const session = free.pop() ?? (await world.wait(actor, 'connects', open, { delayMs: 0 }));
      return Object.assign(session, { owner: actor, lost: false, transaction: [], topics: [] });
    },
    giveBack(session) {
      const { owner } = session;
      session.owner = undefined;
      free.push(session);
      const at = queued.findIndex(({ actor }) => actor === owner);
      if (at >= 0) queued.splice(at, 1)[0]?.resolve();
    },
    suit(session, text) {
      const { backend } = session;
      if (backend.inTransaction) return;
      const worth = ({ planned }: Backend): number => planned.size + (planned.has(text) ? PLANS_MAX : 0);
      const other = free.reduce((best, one) => (worth(one.backend) > worth(best.backend) ? one : best), session);
      if (other === session) return;
      session.backend = other.backend;
      other.backend = backend;
      session.backend.begun = backend.begun;
      backend.begun = undefined;
      sessions.set(session.backend, session);
      sessions.set(backend, other);
    },
    forget: (session) => void sessions.delete(session.backend),
    sessionOf: (backend) => sessions.get(backend),
    sessionsOf,
  };
}
