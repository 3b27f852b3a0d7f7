import { sql } from 'kysely';
import { askedConsent, DEFAULT_CONSENT_POLICY } from '../src/compliance/consent-policy.ts';
import { createDncList } from '../src/compliance/dnc-lists.ts';
import type { DncKind } from '../src/compliance/dnc-rules.ts';
import { uploadDnc } from '../src/compliance/upload-dnc.ts';
import { runTx } from '../src/platform/database.ts';
import type { Uuid } from '../src/platform/ids.ts';
import { type KnownStanding, readRecipients } from '../src/sending/claim-store.ts';
import { CLAIM_MAX } from '../src/sending/serve-campaigns.ts';
import { isOpen, openClaims } from './support/claims.ts';
import { listFile } from './support/list-file.ts';
import { countOption, percentile, report, shown } from './support/measure.ts';
import {
  draftCampaign,
  enroll,
  giveConsents,
  insertPeople,
  insertSender,
  PLACES,
  pauseCampaign,
  startCampaign,
} from './support/people.ts';
import { startWorker } from './support/worker.ts';
import { openBenchWorld, tidy } from './support/world.ts';

/**
 * `node bench/dnc.ts [--numbers=N] [--json]`: a list of the nation as a stream, and what a campaign of marketing takes with three lists in
 * force and with none, by turns on one database: reading the people of a claim, whole claims, and whole hand-overs by a worker.
 */
const NUMBERS = countOption('numbers', 20_000_000);
const SECONDS_MAX = 180;
/** Turns are short: what else the machine does meets both sides. The first ones of a turn find what the other side left in the caches. */
const READS = { rounds: 10, ofTurn: 30, warmUp: 10 };
const CLAIMS = { rounds: 20, ofTurn: 10, warmUp: 3 };
const HAND_OVERS = { rounds: 6, texts: 2_000, warmUpTexts: 500 };
/** Both sides, a round that warms up, and a fifth that is left, so that nobody runs out of people. */
const peopleFor = (rounds: number, ofTurn: number): number => Math.ceil(1.25 * 2 * (rounds + 1) * ofTurn);
const BY = { actor: 'system', name: 'Bench' };

// A Tuesday, 13:00 in New York.
const world = await openBenchWorld({ name: 'dnc', startsAt: '2026-11-17T18:00:00Z' });
try {
  const { claims, texts, ofBench } = await prepare();
  const loadSeconds = await load('national', NUMBERS);
  await load('internal', Math.ceil(NUMBERS / 1_000));
  await load('litigator', Math.ceil(NUMBERS / 1_000));
  await tidy(world, ['contact', 'suppression', 'consent', 'enrollment', 'dnc_block', 'dnc_list']);
  const memoryMegabytes = process.memoryUsage().rss / 1024 ** 2;

  const readOnce = await openReads(claims.id);
  const reads = await inTurns(READS.rounds, async ({ known }, turn) => {
    const times: number[] = [];
    for (let nth = 0; nth < READS.ofTurn; nth += 1) times.push(await readOnce(turn * READS.ofTurn + nth, known));
    return times.slice(READS.warmUp);
  });
  const claimOnce = await openClaims(world, { ...ofBench, campaigns: [claims] });
  const whole = await inTurns(CLAIMS.rounds, async ({ known }) => {
    const times: number[] = [];
    for (let nth = 0; nth < CLAIMS.ofTurn; nth += 1) times.push(await claimOnce(claims.id, CLAIM_MAX, known));
    return times.slice(CLAIMS.warmUp);
  });
  await pauseCampaign(world, claims.id);
  const worker = startWorker(world);
  const handOvers = await inTurns(HAND_OVERS.rounds, async () => {
    await startCampaign(world, texts.id);
    await worker.rate(texts.id, HAND_OVERS.warmUpTexts);
    const rate = await worker.rate(texts.id, HAND_OVERS.texts);
    await pauseCampaign(world, texts.id);
    return [rate];
  });
  await worker.stop();
  const { rows } = await sql<{ bytes: number }>`select pg_total_relation_size('dnc_block') as bytes`.execute(world.db);
  tell({ loadSeconds, memoryMegabytes, megabytes: (rows[0]?.bytes ?? 0) / 1024 ** 2, reads, whole, handOvers });
} finally {
  await world.close();
}

/** Two senders, each with a campaign of people of its own who have all agreed in writing. */
async function prepare() {
  const places = PLACES.filter((place) => isOpen(world, place));
  const ofBench = await insertSender(world, { gatewayRef: 'PNbench', phone: '+16175550001' });
  const ofWorker = await insertSender(world, { gatewayRef: 'PNworker', phone: '+16175550002' });
  const claimed = peopleFor(CLAIMS.rounds, CLAIMS.ofTurn * CLAIM_MAX);
  const texted = peopleFor(HAND_OVERS.rounds, HAND_OVERS.texts + 2 * HAND_OVERS.warmUpTexts);
  await insertPeople(world, { count: claimed, places, tag: 'claims' });
  await insertPeople(world, { count: texted, places, tag: 'texts', crowd: 1 });
  await giveConsents(world);
  const consent = DEFAULT_CONSENT_POLICY;
  const claims = await draftCampaign(world, { tag: 'claims', laneIds: [ofBench.laneId], consent });
  const texts = await draftCampaign(world, { tag: 'texts', laneIds: [ofWorker.laneId], consent });
  for (const campaign of [claims, texts]) await enroll(world, campaign);
  await startCampaign(world, claims.id);
  return { claims, texts, ofBench };
}

async function load(kind: DncKind, count: number): Promise<number> {
  const list = await runTx(world.db, (tx) => createDncList(tx, world, { kind, name: kind, state: null, by: BY }));
  if (!list.ok) throw new Error(list.error.message);
  const startedAt = performance.now();
  const done = await uploadDnc(world, {
    listId: list.value.id,
    fileName: 'bench.txt',
    format: { kind: 'numbers' },
    chunks: listFile(count),
    asOf: world.clock.now(),
    refusedMax: 0,
    maySmaller: false,
    by: BY,
  });
  if (!done.ok) throw new Error(done.error.message);
  if (done.value.numbers !== count) throw new Error(`${count} numbers became ${done.value.numbers}`);
  return (performance.now() - startedAt) / 1_000;
}

/** The statement of a claim that asks for consent and for every list that is in force; tells how many milliseconds it took. */
async function openReads(campaignId: Uuid): Promise<(turn: number, known: KnownStanding) => Promise<number>> {
  const { rows } = await sql<{ id: Uuid }>`
    select id from enrollment where campaign_id = ${campaignId} and state = 'pending' order by id`.execute(world.db);
  const consent = askedConsent(DEFAULT_CONSENT_POLICY, { now: world.clock.now(), waived: false });
  return async (turn, known) => {
    const enrollmentIds = Array.from(
      { length: CLAIM_MAX },
      (_, place) => rows[(turn * CLAIM_MAX + place * 7) % rows.length]?.id ?? '',
    );
    const query = { enrollmentIds, notTextedForDays: null, consent, asksFirst: false, now: world.clock.now() };
    const startedAt = performance.now();
    await runTx(world.db, (tx) => readRecipients(tx, query, known));
    return performance.now() - startedAt;
  };
}

interface Side {
  readonly inForce: boolean;
  readonly known: KnownStanding;
  readonly values: number[];
}

interface Turns {
  readonly without: readonly number[];
  readonly withLists: readonly number[];
}

/** The same with none of the lists in force and with all, by turns; the first round warms up. */
async function inTurns(rounds: number, turn: (side: Side, nth: number) => Promise<readonly number[]>): Promise<Turns> {
  const without: Side = { inForce: false, known: { standing: undefined }, values: [] };
  const withLists: Side = { inForce: true, known: { standing: undefined }, values: [] };
  for (let round = -1; round < rounds; round += 1)
    for (const side of round % 2 === 0 ? [without, withLists] : [withLists, without]) {
      const retiredAt = side.inForce ? null : world.clock.now();
      await sql`update dnc_list set retired_at = ${retiredAt}`.execute(world.db);
      const values = await turn(side, round + 1);
      if (round >= 0) side.values.push(...values);
    }
  return { without: without.values, withLists: withLists.values };
}

function tell(measured: {
  readonly loadSeconds: number;
  readonly memoryMegabytes: number;
  readonly megabytes: number;
  readonly reads: Turns;
  readonly whole: Turns;
  readonly handOvers: Turns;
}): void {
  const { loadSeconds, memoryMegabytes, megabytes, reads, whole, handOvers } = measured;
  const [readP50Ms, readWithoutP50Ms] = [percentile(reads.withLists, 50), percentile(reads.without, 50)];
  const [claimP50Ms, claimWithoutP50Ms] = [percentile(whole.withLists, 50), percentile(whole.without, 50)];
  const [claimP95Ms, claimWithoutP95Ms] = [percentile(whole.withLists, 95), percentile(whole.without, 95)];
  const [rate, rateWithout] = [percentile(handOvers.withLists, 50), percentile(handOvers.without, 50)];
  const figures = {
    loadSeconds,
    megabytes,
    memoryMegabytes,
    ...{ readP50Ms, readWithoutP50Ms, readAddedP50Ms: readP50Ms - readWithoutP50Ms },
    ...{ claimP50Ms, claimWithoutP50Ms, claimP95Ms, claimWithoutP95Ms, claimRatio: claimP50Ms / claimWithoutP50Ms },
    ...{ handOverPerSecond: rate, handOverWithoutPerSecond: rateWithout, handOverRatio: rate / rateWithout },
  };
  report({
    bench: 'dnc',
    figures,
    requirements: [
      { figure: 'loadSeconds', atMost: SECONDS_MAX },
      { figure: 'readAddedP50Ms', atMost: 2 },
      { figure: 'claimRatio', atMost: 1.1 },
      { figure: 'handOverRatio', atLeast: 0.9 },
    ],
    lines: [
      `${shown(NUMBERS)} numbers in force after ${shown(loadSeconds)} s, ${shown(megabytes)} MB in the database, this process ${shown(memoryMegabytes)} MB`,
      `a campaign of marketing with three lists in force, beside none by turns:`,
      `  reading the ${CLAIM_MAX} people of a claim  p50 ${readP50Ms.toFixed(2)} ms beside ${readWithoutP50Ms.toFixed(2)} (${figures.readAddedP50Ms.toFixed(2)} more)`,
      `  whole claims of ${CLAIM_MAX}                p50 ${claimP50Ms.toFixed(2)} ms beside ${claimWithoutP50Ms.toFixed(2)} (${figures.claimRatio.toFixed(2)} times), p95 ${claimP95Ms.toFixed(2)} and ${claimWithoutP95Ms.toFixed(2)} ms`,
      `  whole hand-overs               ${shown(rate)} texts/s beside ${shown(rateWithout)} (${figures.handOverRatio.toFixed(2)} times)`,
    ],
  });
}
