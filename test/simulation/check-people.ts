import { sql } from 'kysely';
import type { Db } from '../../src/platform/database.ts';
import type { Uuid } from '../../src/platform/ids.ts';
import { DAY_MS, type Instant, instantFromMs } from '../../src/platform/time.ts';
import { COUNTS } from './counted-texts.ts';
import type { OpenReview } from './reviews.ts';
import { createSamePerson, type MergedNumbers } from './same-person.ts';
import type { World } from './world.ts';

/** What people said and decided, as they know it themselves, and what must hold from then on whatever the tables say. */
export interface PeopleChecks {
  /** A reply may be an opt-out: campaigns leave its number alone. */
  held(review: OpenReview): void;
  /** Somebody is about to say in time that it was none. */
  mayLetGo(phone: string): void;
  /** The person asks for texts. */
  resumes(phone: string, saidMs: number): void;
  /** A STOP was answered: it holds at all numbers of the person. */
  stopped(phone: string, saidMs: number): Promise<void>;
  merged(numbers: MergedNumbers, askedAtMs: number): void;
  /** Campaign texts whose hand-over has just begun. */
  begun(texts: readonly BegunText[], messagesPerDay: number): Promise<void>;
  atTheEnd(): Promise<void>;
}

interface BegunText {
  readonly id: Uuid;
  readonly phone: string;
  readonly campaignId: Uuid | null;
  readonly attemptedAt: Instant;
}

/** Who has asked to be left alone or to be texted, and when they last did. */
interface Said {
  readonly stoppedMs: ReadonlyMap<string, number>;
  readonly resumedMs: ReadonlyMap<string, number>;
  readonly leaveAlone: (phone: string, askedAtMs: number) => void;
}

/** A job looks every minute, and what it does may fail once or twice. */
const ENDED_WITHIN_MS = 3 * 60_000;

export function createPeopleChecks(run: {
  readonly world: World;
  readonly db: Db;
  readonly said: Said;
  readonly violations: string[];
}): PeopleChecks {
  const { world, db, violations } = run;
  const { stoppedMs, resumedMs, leaveAlone } = run.said;
  const held = new Map<string, { readonly saidMs: number; readonly dueMs: number }>();
  const samePerson = createSamePerson(db);
  const wantsTextsSince = (phone: string, sinceMs: number): boolean => (resumedMs.get(phone) ?? 0) > sinceMs;

  const checkPerson = async (text: BegunText, messagesPerDay: number): Promise<void> => {
    const numbers = await samePerson.numbersOf(text.phone);
    if (numbers.length === 1) return;
    const { rows } = await sql<{ ofCampaign: number; ofDay: number }>`
      select count(*) filter (where e.campaign_id = ${text.campaignId}) as of_campaign,
        count(*) filter (where m.attempted_at > ${instantFromMs(text.attemptedAt.epochMilliseconds - DAY_MS)}) as of_day
      from message m join enrollment e on e.id = m.enrollment_id
      where m.phone = any(${numbers}::text[]) and m.id <> ${text.id} and m.purpose = 'campaign' and ${COUNTS}`.execute(
      db,
    );
    const who = `a text to ${text.phone}, of one person with ${numbers.join(' and ')},`;
    if ((rows[0]?.ofCampaign ?? 0) > 0) violations.push(`merged: ${who} was begun after another one of its campaign`);
    if ((rows[0]?.ofDay ?? 0) >= messagesPerDay)
      violations.push(`merged: ${who} was begun after ${rows[0]?.ofDay} others in 24 hours`);
    if (numbers.some((phone) => held.has(phone)))
      violations.push(`hold: ${who} was begun while a reply may be an opt-out`);
  };

  const checkOverdue = async (): Promise<void> => {
    const endedMs = world.now().epochMilliseconds - ENDED_WITHIN_MS;
    const overdue = [...held].filter(([, { dueMs }]) => dueMs < endedMs).map(([phone]) => phone);
    for (const phone of await notSuppressed(db, overdue))
      violations.push(`hold: nobody decided in time on a reply of ${phone}, and the number is not suppressed`);
  };

  const checkCarried = async (): Promise<void> => {
    const alone = new Set<string>();
    for (const [phone, askedAtMs] of stoppedMs)
      for (const other of await samePerson.numbersOf(phone)) if (!wantsTextsSince(other, askedAtMs)) alone.add(other);
    for (const phone of await notSuppressed(db, [...alone]))
      violations.push(`merged: ${phone} is not suppressed, whose person wants to be left alone`);
  };

  return {
    held({ phone, saidAt, dueAt }) {
      const saidMs = saidAt.epochMilliseconds;
      if (!wantsTextsSince(phone, saidMs)) held.set(phone, { saidMs, dueMs: dueAt.epochMilliseconds });
    },
    mayLetGo: (phone) => void held.delete(phone),
    resumes(phone, saidMs) {
      if (saidMs > (held.get(phone)?.saidMs ?? 0)) held.delete(phone);
    },
    async stopped(phone, saidMs) {
      const numbers = await samePerson.numbersOf(phone);
      if (numbers.some((number) => wantsTextsSince(number, saidMs))) return;
      const others = numbers.filter((number) => number !== phone);
      const missing = await notSuppressed(db, others);
      for (const other of others.filter((number) => !missing.includes(number))) leaveAlone(other, saidMs);
      for (const other of await notCarried(db, missing))
        violations.push(
          `merged: ${phone} said STOP, was answered, and nothing is done for ${other} of the same person`,
        );
    },
    merged(numbers, askedAtMs) {
      samePerson.merge(numbers, askedAtMs);
      const both = [numbers.stays, numbers.ends];
      if (both.some((phone) => stoppedMs.has(phone))) for (const phone of both) leaveAlone(phone, askedAtMs);
    },
    async begun(texts, messagesPerDay) {
      for (const text of texts) {
        if (held.has(text.phone))
          violations.push(
            `hold: a text to ${text.phone} was begun though nobody has said that its reply was no opt-out`,
          );
        await checkPerson(text, messagesPerDay);
      }
    },
    async atTheEnd() {
      await checkOverdue();
      await checkCarried();
    },
  };
}

async function notSuppressed(db: Db, phones: readonly string[]): Promise<readonly string[]> {
  if (phones.length === 0) return [];
  const { rows } = await sql<{ phone: string }>`
    select p.phone from unnest(${phones}::text[]) as p (phone) where not exists (
      select from suppression s where s.phone in (p.phone, number_key(p.phone)) and s.lifted_at is null)`.execute(db);
  return rows.map(({ phone }) => phone);
}

/** Somebody held them just then: a job is to do it. */
async function notCarried(db: Db, phones: readonly string[]): Promise<readonly string[]> {
  if (phones.length === 0) return [];
  const { rows } = await sql<{ phone: string }>`select phone from opt_out_to_carry`.execute(db);
  return phones.filter((phone) => !rows.some((row) => row.phone === phone));
}
