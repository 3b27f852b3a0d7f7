/** The request of one step, and what its answer means: nothing is written here. */
import type {
  Answer,
  ConversationRecords,
  GatewayProblem,
  GatewayRecords,
  ListedMessage,
  Records,
  UnreadableEntry,
} from '../gateways/gateway.ts';
import type { Db } from '../platform/database.ts';
import { firstUuidAt, madeAtMs } from '../platform/ids.ts';
import { err, ok, unreachable } from '../platform/result.ts';
import { addMs, DAY_MS, type Instant, instantFromMs, MINUTE_MS, msBetween } from '../platform/time.ts';
import { compareCallRecords, compareOptOuts, compareTextRecords } from './compare-records.ts';
import { nextUnlisted, readNumbers, unknownOf } from './compare-store.ts';
import type { OptOutFinding } from './decide-opt-outs.ts';
import type { Finding } from './decide-texts.ts';
import { type Checkpoint, FIRST_PAGE, type Run } from './run.ts';

export interface ReadDeps {
  readonly db: Db;
}

/** What a step has found, and where the run stands after it. */
export interface PageRead {
  /** `undefined`: the run is at its end. */
  readonly next: Checkpoint | undefined;
  readonly progress: number;
  /** 1, or 0 when our own books were enough. */
  readonly requests: number;
  readonly seenTexts: number;
  readonly seenCalls: number;
  readonly findings: readonly Finding[];
  readonly optOuts: readonly OptOutFinding[];
  /** With whom the texts of the page were. */
  readonly people: readonly string[];
  /** Texts of ours that were listed. */
  readonly seen: readonly string[];
  readonly note?: string;
}

type At<Phase extends Checkpoint['phase']> = Extract<Checkpoint, { readonly phase: Phase }>;

/** Takes one step from the run's checkpoint: one request at most. */
export async function readPage(deps: ReadDeps, records: GatewayRecords, run: Run): Promise<Answer<PageRead>> {
  const { checkpoint } = run;
  switch (checkpoint.phase) {
    case 'texts':
      return readTexts(deps, records, { run, at: checkpoint });
    case 'calls':
      return checkpoint.parts.length > 0
        ? readPart(records, { run, at: checkpoint })
        : readCalls(deps, records, { run, at: checkpoint });
    case 'conversations':
      if (records.conversations === undefined) return ok({ ...NOTHING, requests: 0, ...beginUnlisted(run) });
      return checkpoint.threads.length > 0
        ? readThread(deps, records.conversations, { run, at: checkpoint })
        : readConversations(deps, records.conversations, { run, at: checkpoint });
    case 'unlisted':
      return readUnlisted(deps, records, { run, at: checkpoint });
    default:
      return unreachable(checkpoint);
  }
}

/** What the gateway will not show is left out and said: it must not keep the run from all else. */
const unlessRefused = (
  problem: GatewayProblem,
  { what, ...after }: Pick<PageRead, 'next' | 'progress'> & { readonly what: string },
): Answer<PageRead> =>
  problem.kind === 'refused' ? ok({ ...NOTHING, ...after, note: `${what}: ${problem.message}` }) : err(problem);

const NOTHING = { requests: 1, seenTexts: 0, seenCalls: 0, findings: [], optOuts: [], people: [], seen: [] } as const;

/** How much of a run each phase is held for. */
const SHARES = { texts: [0, 0.6], calls: [0.6, 0.85], conversations: [0.85, 0.95], unlisted: [0.95, 1] } as const;

/** Pages go back in time: how far of the range they have come. */
function progressAt(phase: Checkpoint['phase'], run: Run, reached: Instant | undefined): number {
  const [from, to] = SHARES[phase];
  const share = reached === undefined ? 0 : msBetween(reached, run.until) / msBetween(run.since, run.until);
  return from + (to - from) * Math.min(1, Math.max(0, share));
}

const rangeOf = ({ since, until }: Run, { olderThan }: { readonly olderThan: string | null }) => ({
  since,
  until,
  olderThan: olderThan ?? undefined,
});

async function readTexts(
  deps: ReadDeps,
  records: GatewayRecords,
  { run, at }: { readonly run: Run; readonly at: At<'texts'> },
): Promise<Answer<PageRead>> {
  const answer = await records.listMessages(rangeOf(run, at.page));
  if (!answer.ok) return answer;
  const { entries, olderThan } = answer.value;
  const compared = await compareListed(deps, run, answer.value);
  const next: Checkpoint =
    olderThan === undefined ? { phase: 'calls', page: FIRST_PAGE, parts: [] } : { phase: 'texts', page: { olderThan } };
  const progress = olderThan === undefined ? SHARES.texts[1] : progressAt('texts', run, entries.at(-1)?.createdAt);
  return ok({ ...NOTHING, ...compared, next, progress });
}

async function compareListed(deps: ReadDeps, run: Run, { entries: listed, unreadable }: Records<ListedMessage>) {
  const findings = await compareTextRecords(deps, run, listed);
  return {
    seenTexts: listed.length,
    findings: [...findings, ...unread('text', unreadable, run)],
    ...(await compareOptOuts(deps, run.accountId, listed)),
    // Those that are not ours are of no use to the search for the opposite.
    seen: listed.filter(({ direction }) => direction === 'outbound').map(({ gatewayMessageId }) => gatewayMessageId),
  };
}

/** Reported, and left out: one entry must not keep the others from being compared. */
const unread = (what: string, unreadable: readonly UnreadableEntry[], { until }: Run): readonly Finding[] =>
  unreadable.map(({ ref, at = until, problem }) => ({
    diff: { kind: 'unreadable', what, gatewayId: ref, phone: null, laneId: null, at, here: null, there: problem },
    tells: [],
  }));

async function readCalls(
  deps: ReadDeps,
  records: GatewayRecords,
  { run, at }: { readonly run: Run; readonly at: At<'calls'> },
): Promise<Answer<PageRead>> {
  if (at.page === null) return ok({ ...NOTHING, requests: 0, ...BEGIN_CONVERSATIONS });
  const answer = await records.listCalls(rangeOf(run, at.page));
  if (!answer.ok)
    // A plan without calls says nothing about texts.
    return unlessRefused(answer.error, { ...BEGIN_CONVERSATIONS, what: 'Calls cannot be listed' });
  const { entries, unreadable, olderThan } = answer.value;
  const { callParts } = records;
  const { findings, parts } = await compareCallRecords(deps, { accountId: run.accountId, callParts }, entries);
  return ok({
    ...NOTHING,
    next: { phase: 'calls', page: olderThan === undefined ? null : { olderThan }, parts },
    progress: progressAt('calls', run, entries.at(-1)?.startedAt),
    seenCalls: entries.length,
    findings: [...findings, ...unread('call', unreadable, run)],
  });
}

const BEGIN_CONVERSATIONS: Pick<PageRead, 'next' | 'progress'> = {
  next: { phase: 'conversations', page: FIRST_PAGE, threads: [] },
  progress: SHARES.calls[1],
};

async function readPart(
  records: GatewayRecords,
  { run, at }: { readonly run: Run; readonly at: At<'calls'> },
): Promise<Answer<PageRead>> {
  const [wanted, ...parts] = at.parts;
  if (wanted === undefined) throw new Error('no part of a call is to be read');
  const { gatewayCallId, part, phone, laneId, startedAtMs } = wanted;
  const answer = await records.readCallPart({ gatewayCallId, part });
  if (!answer.ok) return answer;
  const { entries: tells, unreadable } = answer.value;
  const diff = { kind: 'stale_here', what: part, gatewayId: gatewayCallId, here: null, there: 'there' } as const;
  return ok({
    ...NOTHING,
    next: { ...at, parts },
    progress: 0,
    findings: [
      ...(tells.length === 0 ? [] : [{ diff: { ...diff, phone, laneId, at: instantFromMs(startedAtMs) }, tells }]),
      ...unread(part, unreadable, run),
    ],
  });
}

/** What the listing of texts and calls has not shown although something happened: the newest of a conversation is unknown here. */
async function readConversations(
  deps: ReadDeps,
  conversations: ConversationRecords,
  { run, at }: { readonly run: Run; readonly at: At<'conversations'> },
): Promise<Answer<PageRead>> {
  if (at.page === null) return ok({ ...NOTHING, requests: 0, ...beginUnlisted(run) });
  const answer = await conversations.list(rangeOf(run, at.page));
  if (!answer.ok) return unlessRefused(answer.error, { ...beginUnlisted(run), what: 'Conversations cannot be listed' });
  const { entries, unreadable, olderThan } = answer.value;
  const { lanes, ownPhones } = await readNumbers(deps.db, run.accountId);
  const alone = entries.flatMap(({ laneRef, participants: [phone, ...others], lastActivityId: id }) =>
    phone !== undefined && others.length === 0 && id !== undefined && !ownPhones.has(phone)
      ? [{ laneRef, phone, id }]
      : [],
  );
  const ids = alone.filter(({ laneRef }) => lanes.some(({ gatewayRef }) => gatewayRef === laneRef)).map(({ id }) => id);
  const unknown = await unknownOf(deps.db, { accountId: run.accountId, gatewayIds: ids, runId: run.id });
  return ok({
    ...NOTHING,
    next: {
      phase: 'conversations',
      page: olderThan === undefined ? null : { olderThan },
      threads: alone
        .filter(({ id }) => unknown.has(id))
        .map(({ laneRef, phone }) => ({ laneRef, phone, olderThan: null })),
    },
    progress: progressAt('conversations', run, entries.at(-1)?.lastActivityAt),
    findings: unread('conversation', unreadable, run),
  });
}

async function readThread(
  deps: ReadDeps,
  conversations: ConversationRecords,
  { run, at }: { readonly run: Run; readonly at: At<'conversations'> },
): Promise<Answer<PageRead>> {
  const [thread, ...threads] = at.threads;
  if (thread === undefined) throw new Error('no conversation is to be read');
  const answer = await conversations.listThread({
    ...rangeOf(run, thread),
    laneRef: thread.laneRef,
    phone: thread.phone,
  });
  if (!answer.ok)
    return unlessRefused(answer.error, {
      next: { ...at, threads },
      progress: 0,
      what: 'A conversation cannot be listed',
    });
  const { olderThan } = answer.value;
  const compared = await compareListed(deps, run, answer.value);
  const rest = olderThan === undefined ? threads : [{ ...thread, olderThan }, ...threads];
  // They were counted when they were listed, or have nothing to do with the range.
  return ok({ ...NOTHING, ...compared, seenTexts: 0, next: { ...at, threads: rest }, progress: 0 });
}

/** Rows are written when a text is planned: some days before it goes out when it has to wait. */
const PLANNED_BEFORE_MS = 8 * DAY_MS;
/** Texts that the gateway has just taken may not be listed yet. */
const LISTED_WITHIN_MS = 10 * MINUTE_MS;
/** Looked through at once. */
const WINDOW_MS = DAY_MS;

const beginUnlisted = (run: Run) =>
  ({
    next: { phase: 'unlisted', after: firstUuidAt(addMs(run.since, -PLANNED_BEFORE_MS).epochMilliseconds) },
    progress: SHARES.unlisted[0],
  }) as const;

/**
 * We believe it sent, and it was not listed: the gateway is asked about it by its id before that is reported. Lists may leave out what
 * never went out, and just that has an end that we must know of.
 */
async function readUnlisted(
  deps: ReadDeps,
  records: GatewayRecords,
  { run, at }: { readonly run: Run; readonly at: At<'unlisted'> },
): Promise<Answer<PageRead>> {
  const from = madeAtMs(at.after);
  const end = run.until.epochMilliseconds;
  if (from >= end) return ok({ ...NOTHING, requests: 0, next: undefined, progress: 1 });
  const before = firstUuidAt(Math.min(end, from + WINDOW_MS));
  const text = await nextUnlisted(deps.db, {
    runId: run.id,
    accountId: run.accountId,
    after: at.after,
    before,
    sentSince: run.since,
    sentUntil: addMs(run.until, -LISTED_WITHIN_MS),
  });
  const [begin, rest] = [SHARES.unlisted[0], SHARES.unlisted[1] - SHARES.unlisted[0]];
  const progress = begin + rest * Math.max(0, (from - run.since.epochMilliseconds) / msBetween(run.since, run.until));
  if (text === undefined) return ok({ ...NOTHING, requests: 0, next: { ...at, after: before }, progress });
  const answer = await records.readMessage(text.gatewayMessageId);
  const next = { ...at, after: text.id };
  if (!answer.ok) return unlessRefused(answer.error, { next, progress, what: 'A text cannot be asked for' });
  const { entries, unreadable } = answer.value;
  if (entries.length + unreadable.length > 0)
    return ok({ ...NOTHING, ...(await compareListed(deps, run, answer.value)), next, progress });
  const { gatewayMessageId: gatewayId, phone, laneId, sentAt, state } = text;
  const diff = {
    kind: 'missing_there',
    what: 'text',
    gatewayId,
    phone,
    laneId,
    at: sentAt,
    here: state,
    there: null,
  } as const;
  return ok({ ...NOTHING, next, progress, findings: [{ diff, tells: [] }] });
}
