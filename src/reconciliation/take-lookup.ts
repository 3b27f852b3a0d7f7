/**
 * Asks the gateway about one text or call of which an event said too little, by whoever holds the account: one request, then one
 * transaction that stores what was found as events and forgets the question. A process that dies in between has stored nothing, and its
 * successor asks again. What cannot be had after some tries is left to the nightly comparison.
 */
import type { Answer, GatewayProblem, GatewayRecords, ListedCall } from '../gateways/gateway.ts';
import { patience } from '../platform/clock.ts';
import { isDatabaseAway, runTx } from '../platform/database.ts';
import { err, ok } from '../platform/result.ts';
import { addMs, SECOND_MS } from '../platform/time.ts';
import { type Lease, LeaseLost, requireLease } from '../sending/lease-store.ts';
import { compareCallRecords, compareTextRecords } from './compare-records.ts';
import type { Finding } from './decide-texts.ts';
import { endLookup, findDueLookup, type Lookup, lockLookup, postponeLookup } from './lookup-store.ts';
import { storeFindings } from './store-findings.ts';
import type { StepDeps, Stepped } from './take-step.ts';

/** Nothing when nothing is to be asked. Throws `LeaseLost` when the account has another holder. */
export async function takeLookup(deps: StepDeps, lease: Lease): Promise<Stepped> {
  const lookup = await findDueLookup(deps.db, lease.accountId, deps.clock.now());
  if (lookup === undefined) return { requests: 0 };
  const { records } = deps.gateway;
  const answer = records === undefined ? NO_RECORDS : await found(deps, records, lookup);
  deps.reach('after a page of the books');
  if (!answer.ok) return goWithout(deps, lease, { lookup, problem: answer.error });
  await runTx(deps.db, async (tx) => {
    await requireLease(tx, lease);
    if (!(await lockLookup(tx, lookup))) return;
    await storeFindings(tx, deps, lookup.accountId, answer.value);
    await endLookup(tx, lookup);
  });
  return { requests: 1 };
}

const NO_RECORDS: Answer<readonly Finding[]> = err({ kind: 'refused', message: 'its records cannot be read' });

/** An answer that cannot be compared must not be asked for over and over. */
async function found(deps: StepDeps, records: GatewayRecords, lookup: Lookup): Promise<Answer<readonly Finding[]>> {
  try {
    return await (lookup.kind === 'text' ? textFound : callFound)(deps, records, lookup);
  } catch (error) {
    if (error instanceof LeaseLost || isDatabaseAway(error)) throw error;
    deps.log.error({ error, lookup }, 'an answer of the gateway cannot be compared');
    return err({ kind: 'unavailable', message: error instanceof Error ? error.message : String(error) });
  }
}

const NOT_YET: GatewayProblem = { kind: 'unavailable', message: 'the gateway does not know it yet' };

async function textFound(
  deps: StepDeps,
  records: GatewayRecords,
  { accountId, gatewayId }: Lookup,
): Promise<Answer<readonly Finding[]>> {
  const answer = await records.readMessage(gatewayId);
  if (!answer.ok) return answer;
  const { entries, unreadable } = answer.value;
  if (entries.length + unreadable.length === 0) return err(NOT_YET);
  return ok(await compareTextRecords(deps, { accountId, until: deps.clock.now() }, entries));
}

async function callFound(
  deps: StepDeps,
  records: GatewayRecords,
  { accountId, gatewayId }: Lookup,
): Promise<Answer<readonly Finding[]>> {
  const answer = await records.readCall(gatewayId);
  if (!answer.ok) return answer;
  const { entries, unreadable } = answer.value;
  if (entries.length + unreadable.length === 0 || entries.some(isUnderWay)) return err(NOT_YET);
  return ok((await compareCallRecords(deps, { accountId, callParts: [] }, entries)).findings);
}

const isUnderWay = ({ ended }: ListedCall): boolean => ended === undefined;

const RETRY_MS_MIN = 2 * SECOND_MS;
/** Each four times as long after the one before: eleven minutes in all. An event that follows begins anew. */
const TRIES = 6;
const RETRY_FACTOR = 4;

async function goWithout(
  deps: StepDeps,
  lease: Lease,
  { lookup, problem }: { readonly lookup: Lookup; readonly problem: GatewayProblem },
): Promise<Stepped> {
  const { kind, message, retryAfterMs } = problem;
  const asksForTime = kind === 'throttled';
  const isHopeless = kind === 'unauthorized' || kind === 'refused' || lookup.attempts + 1 >= TRIES;
  const givesUp = !asksForTime && isHopeless;
  const pauseMs = retryAfterMs ?? patience(deps.clock, RETRY_MS_MIN * RETRY_FACTOR ** lookup.attempts);
  const nextAt = addMs(deps.clock.now(), pauseMs);
  if (givesUp) deps.log.warn({ lookup, message }, 'left to the nightly comparison');
  await runTx(deps.db, async (tx) => {
    await requireLease(tx, lease);
    if (!(await lockLookup(tx, lookup))) return;
    if (givesUp) await endLookup(tx, lookup);
    else await postponeLookup(tx, lookup, { nextAt, counts: !asksForTime });
  });
  return { requests: 1, ...(asksForTime ? { heldUntil: nextAt } : {}) };
}
