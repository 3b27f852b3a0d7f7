import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { PLACE_BY_AREA_CODE } from '../../src/contacts/area-codes.ts';
import { type Random, seededRandom } from '../../src/platform/random.ts';

/** `node bench/support/contacts-file.ts <path> <rows>`: the same people at every run, 2 % of them without a number, 3 % twice. */
const [path, rows] = process.argv.slice(2);
if (path === undefined || !(Number(rows) > 0))
  throw new Error('usage: node bench/support/contacts-file.ts <path> <rows>');
await pipeline(csvFile(seededRandom(7), Number(rows)), createWriteStream(path));

async function* csvFile(random: Random, rows: number): AsyncGenerator<string> {
  yield 'First Name,Last Name,Mobile Phone,Email,Company,Street,City,State,Zip,Tags,Notes\r\n';
  const places = [...PLACE_BY_AREA_CODE].map(([areaCode, { state }]) => ({ areaCode, state }));
  for (let from = 0; from < rows; from += 1_000) {
    const lines = Array.from({ length: Math.min(1_000, rows - from) }, (_, index) =>
      csvRow(random, places, from + index),
    );
    yield lines.join('');
  }
}

function csvRow(random: Random, places: readonly { areaCode: string; state: string }[], row: number): string {
  const number = random.int(1, 100) <= 3 ? random.int(0, row) : row;
  const place = places[number % places.length] ?? { areaCode: '617', state: 'MA' };
  const line = Math.floor(number / places.length);
  const exchange = 200 + (Math.floor(line / 10_000) % 700);
  const digits = `${place.areaCode}${exchange}${String(line % 10_000).padStart(4, '0')}`;
  const phone = random.int(1, 100) <= 2 ? 'call office' : shaped(digits, random.int(0, 5));
  const firstName = random.pick(['Ana', 'Björn', 'Mary Ann', 'José', 'Kim', 'Omar']);
  const lastName = random.pick(['García', 'Smith', '"Brown, Jr."', "O'Brien", 'de la Cruz']);
  const email = row % 2 === 0 ? `person.${row}@example.com` : '';
  const company = row % 3 === 0 ? `"Smith & Sons ${row % 5_000}, LLC"` : '';
  const notes = row % 20 === 0 ? '"said ""call me"",\nthen left"' : '';
  return `${firstName},${lastName},${phone},${email},${company},${row % 900} Elm St,Springfield,${place.state},,lead;estimate,${notes}\r\n`;
}

function shaped(digits: string, shape: number): string {
  const [area, exchange, line] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)];
  const shapes = [
    digits,
    `(${area}) ${exchange}-${line}`,
    `${area}-${exchange}-${line}`,
    `+1${digits}`,
    `1-${area}-${exchange}-${line}`,
    `${area}.${exchange}.${line}`,
  ];
  return shapes[shape] ?? digits;
}
