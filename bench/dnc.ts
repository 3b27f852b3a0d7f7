import { sql } from 'kysely';
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
 * and what reading the people of a claim takes without any list and with three.
 */
const NUMBERS = countOption('numbers', 20_000_000);
const SECONDS_MAX = 180;
const PEOPLE = 20_000;
const READS = 300;
const BY = { actor: 'system', name: 'Bench' };
const CHUNK_LINES = 5_000;

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

  const known: KnownStanding = { standing: undefined };
  const read = async (): Promise<readonly number[]> => {
    const times: number[] = [];
    for (let round = -40; round < READS; round += 1) {
      const enrollmentIds = Array.from(
        { length: CLAIM_MAX },
        (_, place) => ids[((round + 40) * CLAIM_MAX + place * 7) % ids.length] ?? '',
      );
      const startedAt = performance.now();
      await runTx(world.db, (tx) =>
        readRecipients(
          tx,
          { enrollmentIds, notTextedForDays: null, consent: null, asksFirst: false, now: world.clock.now() },
          known,
        ),
      );
      if (round >= 0) times.push(performance.now() - startedAt);
    }
    return times;
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
  const without = await read();
  const loadSeconds = await load('national', NUMBERS);
  await load('internal', Math.ceil(NUMBERS / 1_000));
  await load('litigator', Math.ceil(NUMBERS / 1_000));
  await tidy(world, ['dnc_block', 'dnc_list']);
  const withLists = await read();
  const { rows } = await sql<{ bytes: number }>`select pg_total_relation_size('dnc_block') as bytes`.execute(world.db);
  const withoutP50Ms = percentile(without, 50);
  const withP50Ms = percentile(withLists, 50);
  const addedP50Ms = withP50Ms - withoutP50Ms;
  const megabytes = (rows[0]?.bytes ?? 0) / 1024 ** 2;
  const memoryMegabytes = process.memoryUsage().rss / 1024 ** 2;
  report({
    bench: 'dnc',
    figures: { loadSeconds, withoutP50Ms, withP50Ms, addedP50Ms, megabytes, memoryMegabytes },
    requirements: [
      { figure: 'loadSeconds', atMost: SECONDS_MAX },
      { figure: 'addedP50Ms', atMost: 2 },
    ],
    lines: [
      `${shown(NUMBERS)} numbers in force after ${shown(loadSeconds)} s, ${shown(megabytes)} MB in the database, this process ${shown(memoryMegabytes)} MB`,
      `reading ${CLAIM_MAX} people of a claim: p50 ${withoutP50Ms.toFixed(2)} ms without lists, ${withP50Ms.toFixed(2)} ms with three`,
    ],
  });
} finally {
  await world.close();
}
