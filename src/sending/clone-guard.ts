/**
 * A restored backup, or a second copy of the database, must not send again. Before its first hand-over a holder asks the gateway for
 * the newest texts of its lanes, and again now and then while it sends. Texts in our words whose id we do not know were handed over
 * by somebody else:
 *
 * - They are written into the books as sent, with the replies that came meanwhile (a STOP among them), so that nobody gets them twice.
 * - The account stops until a person has made sure that no other copy runs.
 *
 * Texts of our own attempts that the gateway lists late, after they were held for absent, are only written into the books.
 */
import { recordAudit } from '../compliance/audit-store.ts';
import { lockNumber } from '../compliance/lock-number.ts';
import { recordInbound } from '../conversations/record-inbound.ts';
import type { AccountRow } from '../gateways/account.ts';
import type { Answer, Gateway, GatewayMessage, GatewayProblem } from '../gateways/gateway.ts';
import { countParts } from '../messages/encoding.ts';
import type { Template } from '../messages/template.ts';
import { dayIn } from '../platform/calendar.ts';
import { type Clock, patience } from '../platform/clock.ts';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Log } from '../platform/log.ts';
import { err, ok } from '../platform/result.ts';
import { addMs, DAY_MS, type Instant, isBefore, MINUTE_MS, msBetween } from '../platform/time.ts';
import { foreignTexts } from './decide-foreign.ts';
import {
  lockOpenEnrollments,
  type OpenText,
  readForeignUntil,
  readLookBack,
  readOpenTexts,
  recordFound,
  recordFoundAnswer,
  saveForeignUntil,
} from './guard-store.ts';
import { type Lease, requireLease } from './lease-store.ts';
import { findByWords, readOurTemplates, saidTo } from './our-words.ts';
import { pauseAccount } from './record-store.ts';
import { sameWords } from './settle.ts';
import { knownGatewayIds } from './settle-store.ts';
import type { TurnLane } from './turn.ts';

export interface GuardDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly log: Log;
  readonly gateway: Gateway;
  /** Comes back when the account's rate lets one more question go out. */
  readonly mayAsk: () => Promise<void>;
}

export interface GuardFacts {
  readonly account: Pick<AccountRow, 'kind' | 'environment'>;
  readonly lanes: readonly TurnLane[];
}

/** Older texts say nothing about who sends now. */
const LOOK_BACK_MS = 30 * DAY_MS;
/** 100,000 texts of one number: more than a month of any. */
const PAGES_MAX = 2_000;
/** A text of ours that the gateway dates within this time of our attempt is that attempt. */
const OWN_ATTEMPT_MS = 10 * MINUTE_MS;

/**
 * Asks, writes what was found into the books, and stops the account when somebody else sends. Answers how many texts somebody else
 * handed over; 0 lets the account send.
 */
export async function guardAgainstClones(deps: GuardDeps, lease: Lease, facts: GuardFacts): Promise<Answer<number>> {
  const templates = await readOurTemplates(deps.db);
  const since = await lookSince(deps, lease.accountId);
  const found: Found[] = [];
  const inbound: Heard[] = [];
  const refused: GatewayProblem[] = [];
  for (const lane of facts.lanes) {
    const looked = await lookAtLane(deps, lease.accountId, { lane, since, templates });
    if (looked.ok) {
      found.push(...looked.value.found);
      inbound.push(...looked.value.inbound);
    } else if (looked.error.kind === 'refused') {
      // One that the provider has given up or does not list says nothing about the others.
      deps.log.warn({ lane: lane.id, message: looked.error.message }, 'the gateway does not list what a number sent');
      refused.push(looked.error);
    } else return looked;
  }
  const [problem] = refused;
  if (problem !== undefined && refused.length === facts.lanes.length) return err(problem);
  if (found.length === 0) return ok(0);
  const oldestFirst = found.toReversed();
  const others: Instant[] = [];
  let recorded = 0;
  for (const one of oldestFirst) {
    const kind = await runTx(deps.db, (tx) => writeFound(tx, deps, lease, one));
    if (kind !== 'own attempt') others.push(one.text.createdAt);
    if (kind !== 'no place') recorded += 1;
  }
  if (others.length === 0) return ok(0);
  for (const { lane, text } of inbound.toReversed())
    await runTx(deps.db, async (tx) => {
      await requireLease(tx, lease);
      await recordInbound(tx, deps, { id: lease.accountId, ...facts.account }, inboundOf(lane, text));
    });
  await runTx(deps.db, (tx) => stopAccount(tx, deps, lease, { others, recorded }));
  return ok(others.length);
}

interface Heard {
  readonly lane: TurnLane;
  readonly text: GatewayMessage;
}

interface Found extends Heard {
  readonly open: readonly OpenText[];
}

/**
 * What one lane sent in our words without us, and what came in meanwhile, newest first: back to the first page with nothing of the kind
 * and a text that we know, or that reaches behind all that we ever sent from there. Texts that people type in the provider's app, and
 * those of campaigns that this database has never heard of, may lie on top of what is looked for by the hundred.
 */
async function lookAtLane(
  deps: GuardDeps,
  accountId: Uuid,
  {
    lane,
    since,
    templates,
  }: { readonly lane: TurnLane; readonly since: Instant; readonly templates: readonly Template[] },
): Promise<Answer<{ readonly found: readonly Found[]; readonly inbound: readonly Heard[] }>> {
  const { mayAsk: mayGoOn } = deps;
  const found: Found[] = [];
  const inbound: Heard[] = [];
  const known = await readLookBack(deps.db, lane.id);
  let olderThan: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    await mayGoOn();
    const answer = await deps.gateway.listNewest({ laneRef: lane.gatewayRef, since, olderThan, mayGoOn });
    if (!answer.ok) return answer;
    const { messages } = answer.value;
    const { foreign, unknownInbound, own, open } = await judge(deps, accountId, messages, templates);
    found.push(...foreign.map((text) => ({ lane, text, open })));
    inbound.push(...unknownInbound.map((text) => ({ lane, text })));
    olderThan = answer.value.olderThan;
    const isBehind = known !== undefined && messages.some(({ createdAt }) => isBefore(createdAt, known));
    if (olderThan === undefined || (foreign.length === 0 && (own > 0 || isBehind))) break;
  }
  return ok({ found, inbound });
}

async function lookSince(deps: GuardDeps, accountId: Uuid): Promise<Instant> {
  const monthAgo = addMs(deps.clock.now(), -LOOK_BACK_MS);
  const dealtWith = await readForeignUntil(deps.db, accountId);
  return dealtWith !== undefined && isBefore(monthAgo, dealtWith) ? addMs(dealtWith, 1) : monthAgo;
}

async function judge(
  deps: GuardDeps,
  accountId: Uuid,
  messages: readonly GatewayMessage[],
  templates: readonly Template[],
) {
  const recipients = messages.filter((message) => message.direction === 'outbound').flatMap((message) => message.to);
  // Before the known ids: a text that is being recorded meanwhile is then on its way, or known, or both, but never neither.
  const open = await readOpenTexts(deps.db, accountId, recipients);
  const known = await knownGatewayIds(
    deps.db,
    accountId,
    messages.map((message) => message.gatewayMessageId),
  );
  const unknown = messages.filter((message) => !known.has(message.gatewayMessageId));
  const outbound = unknown.filter((message) => message.direction === 'outbound');
  return {
    // What people typed in the provider's app says nothing about who sends, whether it is in our books or not.
    own: messages.filter(
      ({ direction, gatewayMessageId }) => direction === 'outbound' && known.get(gatewayMessageId)?.own === true,
    ).length,
    foreign: foreignTexts(outbound, {
      templates,
      said: await saidTo(deps.db, templates, recipients),
      unsettled: open.filter((text) => text.settles),
      waiting: open.filter((text) => !text.settles),
    }),
    unknownInbound: unknown.filter((message) => message.direction === 'inbound'),
    open,
  };
}

type Written = 'own attempt' | 'somebody else' | 'no place';

/** `no place`: nobody here waits for such a text any more, or its campaign is still a draft. */
async function writeFound(tx: Tx, deps: GuardDeps, lease: Lease, { lane, text, open }: Found): Promise<Written> {
  await requireLease(tx, lease);
  const [phone = ''] = text.to;
  await lockNumber(tx, phone);
  const found = {
    accountId: lease.accountId,
    epoch: lease.epoch,
    laneId: lane.id,
    day: dayIn(lane.zone, text.createdAt),
    gatewayMessageId: text.gatewayMessageId,
    phone,
    text: text.text,
    ...countParts(text.text),
    at: text.createdAt,
  };
  const waiting = open.filter((one) => one.phone === phone && sameWords(one.body, text.text)).map(({ body }) => body);
  if (waiting.length > 0 && (await recordFoundAnswer(tx, found, waiting))) {
    await notifyLive(tx, ['inbox']);
    return 'somebody else';
  }
  const enrollment = await findByWords(tx, await lockOpenEnrollments(tx, phone), text);
  if (enrollment === undefined) return 'no place';
  await recordFound(tx, { messageId: deps.newUuid(), enrollment, found });
  await notifyLive(tx, [`campaign:${enrollment.campaignId}`]);
  const { attemptedAt } = enrollment;
  const own =
    attemptedAt !== null && Math.abs(msBetween(attemptedAt, text.createdAt)) <= patience(deps.clock, OWN_ATTEMPT_MS);
  return own ? 'own attempt' : 'somebody else';
}

const inboundOf = (lane: TurnLane, text: GatewayMessage): Parameters<typeof recordInbound>[3] => ({
  type: 'message_received',
  eventId: `listed:${text.gatewayMessageId}`,
  gatewayMessageId: text.gatewayMessageId,
  from: text.from,
  to: text.to,
  laneRef: lane.gatewayRef,
  text: text.text,
  media: [],
  at: text.createdAt,
});

async function stopAccount(
  tx: Tx,
  deps: GuardDeps,
  lease: Lease,
  { others, recorded }: { readonly others: readonly Instant[]; readonly recorded: number },
): Promise<void> {
  await requireLease(tx, lease);
  const now = deps.clock.now();
  const texts = others.length === 1 ? '1 text' : `${others.length} texts`;
  const reason = `The gateway sent ${texts} of our campaigns that this database does not know: it was restored from a backup, or a second copy of it sends. ${recorded === 1 ? '1 is' : `${recorded} are`} recorded as sent now. Make sure that no other copy runs, then resume the account`;
  await pauseAccount(tx, { accountId: lease.accountId, reason, now });
  const newest = others.reduce((last, at) => (isBefore(last, at) ? at : last));
  await saveForeignUntil(tx, lease.accountId, newest);
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: 'system',
    action: 'account.stopped_foreign_texts',
    subject: showId('account', lease.accountId),
    detail: { texts: others.length, recorded, firstAt: others[0]?.toString(), lastAt: others.at(-1)?.toString() },
  });
  await notifyLive(tx, ['engine', 'status']);
}
