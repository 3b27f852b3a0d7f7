import { createDncList } from '../src/compliance/dnc-lists.ts';
import { uploadDnc } from '../src/compliance/upload-dnc.ts';
import { runTx } from '../src/platform/database.ts';
import { showId, type Uuid } from '../src/platform/ids.ts';
import { zipFile } from '../test/zip-file.ts';
import { listFile } from './support/list-file.ts';
import { countOption, report, shown } from './support/measure.ts';
import { openProduct, ownerOf } from './support/product.ts';
import { openBenchWorld } from './support/world.ts';

/**
 * `node bench/dnc-load.ts [--numbers=N] [--json]`: a do-not-call list of the nation as text and as XML in a ZIP archive, each read as a file
 * is and uploaded to the real server over HTTP, until it is in force. 20,000,000 in three minutes
 * are the goal of each; fewer take hardly less, since every block of the nation is written however few numbers are in it.
 */
const NUMBERS = countOption('numbers', 2_000_000);
const SECONDS_MAX = 180;
/** As a file is read. */
const PIECE_BYTES = 64 * 1024;
const BY = { actor: 'system', name: 'Bench' };

const world = await openBenchWorld({ name: 'dnc-load', startsAt: '2026-11-17T18:00:00Z' });
try {
  const product = await openProduct(world, 'api');
  const client = await ownerOf(product);
  const text = await collected(listFile(NUMBERS));
  const xml = zipFile({ name: 'list.xml', data: await collected(xmlFile(NUMBERS)) });
  const readAsFile = (name: string, file: Buffer) =>
    seconds(name, async (listId) => {
      const about = { listId, fileName: name, asOf: world.clock.now(), refusedMax: 0, maySmaller: false, by: BY };
      const done = await uploadDnc(world, { ...about, format: { kind: 'numbers' }, chunks: pieces(file) });
      return done.ok ? done.value.numbers : done.error.message;
    });
  const uploaded = (name: string, file: Buffer) =>
    seconds(name, async (listId) => {
      const query = new URLSearchParams({ fileName: name, asOf: world.clock.now().toString().slice(0, 10) });
      const path = `/v1/dnc-lists/${showId('dncList', listId)}/versions?${query}`;
      return (await client.upload<{ readonly numbers: number }>(path, file)).numbers;
    });
  const textSeconds = await readAsFile('text', text);
  const textHttpSeconds = await uploaded('text over HTTP', text);
  const xmlSeconds = await readAsFile('XML', xml);
  const xmlHttpSeconds = await uploaded('XML over HTTP', xml);
  await product.stop();
  tell({ textSeconds, textHttpSeconds, xmlSeconds, xmlHttpSeconds });
} finally {
  await world.close();
}

/** Until the list is in force, with all its numbers. */
async function seconds(name: string, load: (listId: Uuid) => Promise<unknown>): Promise<number> {
  const list = await runTx(world.db, (tx) => createDncList(tx, world, { kind: 'national', name, state: null, by: BY }));
  if (!list.ok) throw new Error(list.error.message);
  const startedAt = performance.now();
  const numbers = await load(list.value.id);
  if (numbers !== NUMBERS) throw new Error(`${name}: ${NUMBERS} numbers became ${numbers}`);
  return (performance.now() - startedAt) / 1_000;
}

async function* xmlFile(count: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from('<?xml version="1.0" encoding="UTF-8"?>\n<list type="full">\n');
  yield* listFile(count, ({ areaCode, rest }) => `<entry area="${areaCode}" number="${rest}"/>\n`);
  yield Buffer.from('</list>\n');
}

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function* pieces(file: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += PIECE_BYTES) yield file.subarray(at, at + PIECE_BYTES);
}

function tell(took: {
  readonly textSeconds: number;
  readonly textHttpSeconds: number;
  readonly xmlSeconds: number;
  readonly xmlHttpSeconds: number;
}): void {
  const { textSeconds, textHttpSeconds, xmlSeconds, xmlHttpSeconds } = took;
  report({
    bench: 'dnc-load',
    figures: { numbers: NUMBERS, ...took },
    requirements: Object.keys(took).map((figure) => ({ figure, atMost: SECONDS_MAX })),
    lines: [
      `${shown(NUMBERS)} numbers until they are in force`,
      `  text        ${shown(textSeconds)} s, over HTTP ${shown(textHttpSeconds)} s`,
      `  XML, zipped ${shown(xmlSeconds)} s, over HTTP ${shown(xmlHttpSeconds)} s`,
    ],
  });
}
