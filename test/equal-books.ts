import { sql } from 'kysely';
import { expect } from 'vitest';
import type { BookedCall, BookedText } from '../src/gateways/sandbox/sandbox.ts';
import type { Db } from '../src/platform/database.ts';
import type { Instant } from '../src/platform/time.ts';

/** What a gateway that is played here has in its books. */
export interface GatewayBooks {
  texts(): readonly Omit<BookedText, 'account'>[];
  /** What this program has sent. */
  accepted(): readonly { readonly id: string }[];
  endedCalls(): readonly (Omit<BookedCall, 'account'> & { readonly isRecorded?: boolean })[];
  /** Its events do not say when a text was sent, or when a call began to ring. */
  readonly tellsNoTimes?: true;
}

/** Texts with their states, conversations and calls as the gateway has them, and as we do. */
export async function expectEqualBooks(db: Db, books: GatewayBooks): Promise<void> {
  const told = (time: string): string | null => (books.tellsNoTimes === true ? null : time);
  expect(await ourTexts(db, told)).toEqual(theirTexts(books, told));
  expect(await ourConversations(db)).toEqual(theirConversations(books));
  expect(await ourCalls(db, told)).toEqual(theirCalls(books, told));
}

type Told = (time: string) => string | null;

/** Whether they are equal already, for a test that waits. */
export const booksAreEqual = async (db: Db, books: GatewayBooks): Promise<boolean> =>
  expectEqualBooks(db, books).then(
    () => true,
    () => false,
  );

const STATE_OF = {
  queued: 'sent',
  sent: 'sent',
  delivered: 'delivered',
  undelivered: 'failed',
  received: 'received',
} as const;

const theirTexts = (books: GatewayBooks, told: Told) =>
  books
    .texts()
    .map(({ id, direction, from, to, text, at, status }) => ({
      id,
      lane: direction === 'outbound' ? from : to,
      phone: direction === 'outbound' ? to : from,
      text,
      state: STATE_OF[status],
      // When we sent it by our clock is ours to know.
      receivedAt: direction === 'inbound' ? told(at.toString()) : null,
    }))
    .toSorted(byId);

async function ourTexts(db: Db, told: Told) {
  const { rows } = await sql<{
    id: string;
    lane: string;
    phone: string;
    text: string;
    state: string;
    receivedAt: Instant | null;
  }>`
    select m.gateway_message_id as id, l.phone as lane, m.phone, m.body as text, m.state,
      case m.direction when 'inbound' then m.created_at end as received_at
    from message m join lane l on l.id = m.lane_id where m.gateway_message_id is not null`.execute(db);
  return rows
    .map((row) => ({ ...row, receivedAt: row.receivedAt === null ? null : told(row.receivedAt.toString()) }))
    .toSorted(byId);
}

/** A conversation begins when the person says something, or staff writes by hand. */
function theirConversations(books: GatewayBooks): readonly string[] {
  const accepted = new Set(books.accepted().map(({ id }) => id));
  const texts = books
    .texts()
    .filter(({ id }) => !accepted.has(id))
    .map(({ direction, from, to }) => (direction === 'outbound' ? `${from} ${to}` : `${to} ${from}`));
  return [...new Set([...texts, ...books.endedCalls().map(({ from, to }) => `${to} ${from}`)])].toSorted();
}

async function ourConversations(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ ends: string }>`
    select l.phone || ' ' || v.phone as ends from conversation v join lane l on l.id = v.lane_id`.execute(db);
  return rows.map(({ ends }) => ends).toSorted();
}

const theirCalls = (books: GatewayBooks, told: Told) =>
  books
    .endedCalls()
    .map(({ id, from, to, at, answeredAt, endedAt, hasVoicemail, isTranscribed, isRecorded }) => ({
      id,
      lane: to,
      phone: from,
      state: answeredAt === undefined ? 'missed' : 'completed',
      at: told(at.toString()),
      answeredAt: answeredAt?.toString() ?? null,
      endedAt: endedAt.toString(),
      hasVoicemail,
      isRecorded: isRecorded ?? isTranscribed,
      isSummarised: isTranscribed,
      isTranscribed,
    }))
    .toSorted(byId);

async function ourCalls(db: Db, told: Told) {
  const { rows } = await sql<{
    id: string;
    lane: string;
    phone: string;
    state: string;
    at: Instant;
    answeredAt: Instant | null;
    endedAt: Instant;
    hasVoicemail: boolean;
    isRecorded: boolean;
    isSummarised: boolean;
    isTranscribed: boolean;
  }>`
    select c.gateway_call_id as id, l.phone as lane, c.phone, c.state, c.at, c.answered_at, c.ended_at,
      c.voicemail_url is not null as has_voicemail,
      exists (select from call_recording r where r.call_id = c.id) as is_recorded,
      exists (select from call_summary s where s.call_id = c.id and s.status = 'completed') as is_summarised,
      exists (select from call_transcript t where t.call_id = c.id and t.status = 'completed') as is_transcribed
    from call c join lane l on l.id = c.lane_id`.execute(db);
  return rows
    .map((row) => ({
      ...row,
      at: told(row.at.toString()),
      answeredAt: row.answeredAt?.toString() ?? null,
      endedAt: row.endedAt.toString(),
    }))
    .toSorted(byId);
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
