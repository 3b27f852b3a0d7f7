import { sql } from 'kysely';
import { askedConsent } from '../src/compliance/consent-policy.ts';
import { createDncList } from '../src/compliance/dnc-lists.ts';
import type { DncKind } from '../src/compliance/dnc-rules.ts';
import { uploadDnc } from '../src/compliance/upload-dnc.ts';
import { runTx } from '../src/platform/database.ts';
import type { Uuid } from '../src/platform/ids.ts';
import { type KnownStanding, readRecipients } from '../src/sending/claim-store.ts';
import { CLAIM_MAX } from '../src/sending/serve-campaigns.ts';
import { countOption, percentile, report, shown } from './support/measure.ts';
import { draftCampaign, enroll, giveConsents, insertPeople, insertSender, PLACES } from './support/people.ts';
import { openBenchWorld, tidy } from './support/world.ts';

/**
 * `node bench/dnc.ts [--numbers=N] [--json]`: a list of the nation as a stream, its area codes in the worst order (another on each line),
 * and what reading the people of a claim of marketing takes with three lists in force and with none, by turns.
 */
const NUMBERS = countOption('numbers', 20_000_000);
const SECONDS_MAX = 180;
const PEOPLE = 20_000;
const ROUNDS = 10;
const READS_OF_ROUND = 40;
const WARM_UP = 10;
const BY = { actor: 'system', name: 'Bench' };
const CHUNK_LINES = 5_000;

interface Side {
  readonly inForce: boolean;
  readonly known: KnownStanding;
  readonly times: number[];
}

const AREAS = PLACES.map(({ areaCode }) => areaCode);
/** 200-0000 to 999-9999. */
const PLACES_IN_AREA = 8_000_000;

function* lines(count: number): Generator<string> {
  const each = Math.ceil(count / AREAS.length);
  const step = Math.floor(PLACES_IN_AREA / each);
  let left = count;
  for (let index = 0; left > 0; index += 1)
    for (const area of AREAS) {
      if (left-- <= 0) return;
      yield `${area},${2_000_000 + index * step}\n`;
    }
}

async function* file(count: number): AsyncGenerator<Uint8Array> {
  let text: string[] = [];
  for (const line of lines(count)) {
    text.push(line);
    if (text.length < CHUNK_LINES) continue;
    yield Buffer.from(text.join(''));
    text = [];
  }
  yield Buffer.from(text.join(''));
}

const world = await openBenchWorld({ name: 'dnc', startsAt: '2026-11-17T15:00:00Z' });
try {
  const { laneId } = await insertSender(world, { gatewayRef: 'PNbench', phone: '+16175550001' });
  await insertPeople(world, { count: PEOPLE, places: PLACES, tag: 'people' });
  await giveConsents(world);
  const campaign = await draftCampaign(world, { tag: 'people', laneIds: [laneId] });
  await enroll(world, campaign);
  await tidy(world, ['contact', 'suppression', 'consent', 'enrollment']);
  const { rows: enrollments } = await sql<{ id: Uuid }>`select id from enrollment order by id`.execute(world.db);
  const ids = enrollments.map(({ id }) => id);

  const consent = askedConsent({ policy: 'marketing', kinds: null }, { now: world.clock.now(), waived: false });
  /** A claim of marketing, which asks for consent and for every list that is in force. */
  const readOnce = async (turn: number, known: KnownStanding): Promise<number> => {
    const enrollmentIds = Array.from(
      { length: CLAIM_MAX },
      (_, place) => ids[(turn * CLAIM_MAX + place * 7) % ids.length] ?? '',
    );
    const query = { enrollmentIds, notTextedForDays: null, consent, asksFirst: false, now: world.clock.now() };
    const startedAt = performance.now();
    await runTx(world.db, (tx) => readRecipients(tx, query, known));
    return performance.now() - startedAt;
  };
  const putInForce = (inForce: boolean) =>
    sql`update dnc_list set retired_at = ${inForce ? null : world.clock.now()}`.execute(world.db);
  /** The same claims with the lists in force and with none, by turns: what else the machine does meets both. */
  const compare = async () => {
    const without: Side = { inForce: false, known: { standing: undefined }, times: [] };
    const withLists: Side = { inForce: true, known: { standing: undefined }, times: [] };
    const sides = [without, withLists];
    for (let round = -1; round < ROUNDS; round += 1)
      for (const { inForce, known, times } of round % 2 === 0 ? sides : sides.toReversed()) {
        await putInForce(inForce);
        for (let nth = 0; nth < READS_OF_ROUND; nth += 1) {
          const ms = await readOnce((round + 1) * READS_OF_ROUND + nth, known);
          // The first ones of a round find what the other side has left in the caches.
          if (round >= 0 && nth >= WARM_UP) times.push(ms);
        }
      }
    return { without: without.times, withLists: withLists.times };
  };
  const load = async (kind: DncKind, count: number): Promise<number> => {
    const list = await runTx(world.db, (tx) => createDncList(tx, world, { kind, name: kind, state: null, by: BY }));
    if (!list.ok) throw new Error(list.error.message);
    const startedAt = performance.now();
    const done = await uploadDnc(world, {
      listId: list.value.id,
      fileName: 'bench.txt',
      format: { kind: 'numbers' },
      chunks: file(count),
      asOf: world.clock.now(),
      refusedMax: 0,
      maySmaller: false,
      by: BY,
    });
    if (!done.ok) throw new Error(done.error.message);
    if (done.value.numbers !== count) throw new Error(`${count} numbers became ${done.value.numbers}`);
    return (performance.now() - startedAt) / 1_000;
  };
  const loadSeconds = await load('national', NUMBERS);
  await load('internal', Math.ceil(NUMBERS / 1_000));
  await load('litigator', Math.ceil(NUMBERS / 1_000));
  await tidy(world, ['dnc_block', 'dnc_list']);
  const { without, withLists } = await compare();
  const { rows } = await sql<{ bytes: number }>`select pg_total_relation_size('dnc_block') as bytes`.execute(world.db);
  const withoutP50Ms = percentile(without, 50);
  const withP50Ms = percentile(withLists, 50);
  const addedP50Ms = withP50Ms - withoutP50Ms;
  const ratio = withP50Ms / withoutP50Ms;
  const withP99Ms = percentile(withLists, 99);
  const withoutP99Ms = percentile(without, 99);
  const megabytes = (rows[0]?.bytes ?? 0) / 1024 ** 2;
  const memoryMegabytes = process.memoryUsage().rss / 1024 ** 2;
  report({
    bench: 'dnc',
    figures: {
      loadSeconds,
      withoutP50Ms,
      withP50Ms,
      addedP50Ms,
      ratio,
      withoutP99Ms,
      withP99Ms,
      megabytes,
      memoryMegabytes,
    },
    requirements: [
      { figure: 'loadSeconds', atMost: SECONDS_MAX },
      { figure: 'addedP50Ms', atMost: 2 },
    ],
    lines: [
      `${shown(NUMBERS)} numbers in force after ${shown(loadSeconds)} s, ${shown(megabytes)} MB in the database, this process ${shown(memoryMegabytes)} MB`,
      `reading ${CLAIM_MAX} people of a claim of marketing: p50 ${withoutP50Ms.toFixed(2)} ms without lists, ${withP50Ms.toFixed(2)} ms with three (${ratio.toFixed(2)} times); p99 ${withoutP99Ms.toFixed(2)} and ${withP99Ms.toFixed(2)} ms`,
    ],
  });
} finally {
  await world.close();
}
