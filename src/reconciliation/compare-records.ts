/** What the gateway says of some texts or calls, held against our books: nothing is written here. */
import { isCanadian } from '../contacts/area-codes.ts';
import type { CallPart, GatewayMessage, ListedCall, ListedMessage } from '../gateways/gateway.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { type Instant, isBefore } from '../platform/time.ts';
import { foreignTexts } from '../sending/decide-foreign.ts';
import { readForeignUntil, readOpenTexts } from '../sending/guard-store.ts';
import { readOurTemplates, saidTo } from '../sending/our-words.ts';
import { readNumbers, readOurCalls, readOurTexts } from './compare-store.ts';
import { type ComparedCalls, compareCalls } from './decide-calls.ts';
import { differencesAmong, type OptOutFinding, signsAmong } from './decide-opt-outs.ts';
import { compareTexts, type Finding } from './decide-texts.ts';
import { readStandings } from './opt-out-store.ts';

interface Deps {
  readonly db: Db;
}

/** Changes that are not older than `until` may be on their way to us. */
export async function compareTextRecords(
  { db }: Deps,
  { accountId, until }: { readonly accountId: Uuid; readonly until: Instant },
  listed: readonly ListedMessage[],
): Promise<readonly Finding[]> {
  // Before our own ids: a text that is being recorded meanwhile is then on its way, or known, or both, but never neither.
  const open = await readOpenTexts(db, accountId, recipientsOf(listed));
  const gatewayIds = listed.map(({ gatewayMessageId }) => gatewayMessageId);
  const ours = await readOurTexts(db, { accountId, gatewayIds });
  const unknown = listed.filter(({ direction, gatewayMessageId: id }) => direction === 'outbound' && !ours.has(id));
  return compareTexts(listed, {
    ours,
    ...(await readNumbers(db, accountId)),
    inOurWords: await inOurWords(db, accountId, unknown),
    unsettled: new Set(open.filter(({ settles }) => settles).map(({ phone }) => phone)),
    until,
  });
}

const recipientsOf = (texts: readonly GatewayMessage[]): readonly string[] =>
  texts.filter(({ direction }) => direction === 'outbound').flatMap(({ to }) => to);

/** What the gateway's books say of opt-outs and ours do not. */
export async function compareOptOuts(
  { db }: Deps,
  accountId: Uuid,
  listed: readonly ListedMessage[],
): Promise<{ readonly optOuts: readonly OptOutFinding[]; readonly people: readonly string[] }> {
  const { lanes, ownPhones } = await readNumbers(db, accountId);
  const gatewayIds = listed.map(({ gatewayMessageId }) => gatewayMessageId);
  const ours = await readOurTexts(db, { accountId, gatewayIds });
  const signs = signsAmong(listed, { ours, ownPhones, isCanadian });
  const people = listed.flatMap(({ direction, from, to }) => (direction === 'inbound' ? [from] : to));
  return {
    optOuts: differencesAmong(signs, { standings: await readStandings(db, { accountId, signs }), lanes }),
    people: people.filter((phone) => !ownPhones.has(phone)),
  };
}

/** What the check who sends with this account must see (clone-guard.ts): once it were in our books, it would be no stranger there. */
async function inOurWords(db: Db, accountId: Uuid, unknown: readonly ListedMessage[]): Promise<ReadonlySet<string>> {
  if (unknown.length === 0) return new Set();
  const dealtWith = await readForeignUntil(db, accountId);
  const recent = unknown.filter(({ createdAt }) => dealtWith === undefined || isBefore(dealtWith, createdAt));
  const templates = await readOurTemplates(db);
  const recipients = recipientsOf(recent);
  const open = await readOpenTexts(db, accountId, recipients);
  const foreign = foreignTexts(recent, {
    templates,
    said: await saidTo(db, templates, recipients),
    unsettled: open.filter(({ settles }) => settles),
    waiting: open.filter(({ settles }) => !settles),
  });
  return new Set(foreign.map(({ gatewayMessageId }) => gatewayMessageId));
}

/** `callParts`: what was made of calls that is to be looked for. */
export async function compareCallRecords(
  { db }: Deps,
  { accountId, callParts }: { readonly accountId: Uuid; readonly callParts: readonly CallPart[] },
  listed: readonly ListedCall[],
): Promise<ComparedCalls> {
  const gatewayIds = listed.map(({ gatewayCallId }) => gatewayCallId);
  return compareCalls(listed, {
    ours: await readOurCalls(db, { accountId, gatewayIds }),
    ...(await readNumbers(db, accountId)),
    callParts,
  });
}
