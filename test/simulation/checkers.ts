import { sql } from 'kysely';
import type { GatewayEvent } from '../../src/gateways/gateway.ts';
import type { Db } from '../../src/platform/database.ts';
import type { Uuid } from '../../src/platform/ids.ts';
import { checkBegun } from './check-begun.ts';
import { createCallChecks } from './check-calls.ts';
import { checkEnd } from './check-end.ts';
import { createListChecks, type ListChecks } from './check-lists.ts';
import { createPeopleChecks, type PeopleChecks } from './check-people.ts';
import type { Committed } from './database.ts';
import { createLimits } from './limits.ts';
import type { Outside } from './outside.ts';
import type { Plan } from './plan.ts';
import type { World } from './world.ts';

/**
 * What must hold, asked of the tables and of the outside world, with nothing taken from the product's rules. Each violation is a
 * sentence with its case.
 */
export interface Checkers {
  readonly violations: string[];
  readonly people: PeopleChecks;
  readonly lists: ListChecks;
  /** Once the campaigns of the start are launched. */
  start(): Promise<void>;
  /** Whether every campaign of the plan has its end, and every text. */
  allEnded(): Promise<boolean>;
  /** After every commit; looks only when an attempt was begun or a limit was changed. */
  afterCommit(committed: Committed): Promise<void>;
  /** Before an event reaches the product: from then on a START may count. */
  beforeEvent(event: GatewayEvent): void;
  /** Someone took a consent back, or was erased, and knows it: asked for at that instant. */
  leaveAlone(phone: string, askedAtMs: number): void;
  /** After every event that was answered 2xx. */
  afterAnswer(accountId: Uuid, event: GatewayEvent): Promise<void>;
  /** After an event was put down on the disk: it may never be sent again. */
  afterKeeping(accountId: Uuid, event: GatewayEvent): void;
  /** After everything that happened: calls that begin, texts that the gateway took. */
  afterStep(): void;
  atTheEnd(): Promise<void>;
}

/** YES is one while an opt-in waits for it; who says it is held to nothing that they said before. */
const RESUMES: ReadonlySet<string> = new Set(['START', 'YES']);

/** What nobody may take for anything else. */
const STOPS: ReadonlySet<string> = new Set(['STOP', 'stop', 'Unsubscribe', 'Alto', 'stop please']);

export function createCheckers(options: {
  readonly world: World;
  /** Apart from the world: its statements are no part of the run. */
  readonly db: Db;
  readonly outside: Outside;
  readonly plan: Plan;
}): Checkers {
  const { world, db, outside, plan } = options;
  const violations: string[] = [];
  const limits = createLimits(world);
  const known = new Set<string>();
  const epochs = new Map<Uuid, number>();
  const answered = new Map<string, GatewayEvent>();
  /** Who has asked to be left alone, and was told that we have heard it; when they last asked. */
  const stoppedMs = new Map<string, number>();
  /** The newest START of each person that has come in: it may overtake the STOP that was said before it. */
  const resumedMs = new Map<string, number>();
  const asksWritten = new Set(plan.campaigns.filter((campaign) => campaign.asksWritten).map(({ tag }) => tag));
  const leaveAlone = (phone: string, askedAtMs: number): void => {
    if ((resumedMs.get(phone) ?? 0) <= askedAtMs) stoppedMs.set(phone, Math.max(askedAtMs, stoppedMs.get(phone) ?? 0));
  };
  const people = createPeopleChecks({ world, db, said: { stoppedMs, resumedMs, leaveAlone }, violations });
  const lists = createListChecks(violations);
  const calls = createCallChecks({ outside, plan, limits, violations });

  return {
    violations,
    people,
    lists,
    start: () => limits.look(db),
    async allEnded() {
      const { rows } = await sql<{ campaigns: number; underWay: boolean }>`
        select (select count(*) from campaign where state in ('completed', 'cancelled')) as campaigns,
          exists (select 1 from message where direction = 'outbound' and state in ('pending', 'handing_over', 'unknown')) as under_way`.execute(
        db,
      );
      return rows[0]?.campaigns === plan.campaigns.length && rows[0].underWay === false;
    },
    async afterCommit({ statements, beganMs }) {
      if (statements.some((text) => CHANGES_LIMITS.test(text))) await limits.look(db);
      if (!statements.some((text) => text.includes('into message_attempt'))) return;
      const begun = await checkBegun(db, {
        ...{ known, epochs, stoppedMs, people, asksWritten, limits },
        messagesPerDay: plan.messagesPerDay,
        violations,
      });
      lists.begun(begun, beganMs);
    },
    beforeEvent(event) {
      if (event.type !== 'message_received' || !RESUMES.has(event.text)) return;
      const saidMs = event.at.epochMilliseconds;
      // One that was said before the STOP changes nothing, whenever it comes; of the same instant the STOP counts.
      if (saidMs > (stoppedMs.get(event.from) ?? 0)) stoppedMs.delete(event.from);
      resumedMs.set(event.from, Math.max(saidMs, resumedMs.get(event.from) ?? 0));
      people.resumes(event.from, saidMs);
    },
    leaveAlone,
    async afterAnswer(accountId, event) {
      answered.set(`${accountId} ${event.eventId}`, event);
      if (event.type !== 'message_received') return;
      if (!STOPS.has(event.text)) return;
      const { rows } = await sql`
        select 1 from suppression where phone in (${event.from}, number_key(${event.from}))
          and (lifted_at is null or lifted_at >= ${event.at})`.execute(db);
      if (rows.length === 0)
        violations.push(`opt-out: ${event.from} said ${event.text}, was answered, and is not suppressed`);
      else leaveAlone(event.from, event.at.epochMilliseconds);
      await people.stopped(event.from, event.at.epochMilliseconds);
    },
    afterKeeping: (accountId, event) => void answered.set(`${accountId} ${event.eventId}`, event),
    afterStep: calls.afterStep,
    async atTheEnd() {
      await checkEnd(db, { outside, answered, violations });
      await people.atTheEnd();
    },
  };
}

const CHANGES_LIMITS = /update "?(campaign|lane)"? set|insert into campaign\b/;
