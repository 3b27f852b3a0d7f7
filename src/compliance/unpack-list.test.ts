import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ZipMember, zipFile } from '../../test/zip-file.ts';
import { ListFileError } from './list-lines.ts';
import { unpackList } from './unpack-list.ts';

async function* cut(bytes: Buffer, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
async function unpacked(bytes: Buffer, options: { pieceBytes?: number; bytesMax?: number } = {}): Promise<string> {
  const { pieceBytes = 65_536, ...limits } = options;
  const pieces: Uint8Array[] = [];
  for await (const piece of unpackList(cut(bytes, pieceBytes), limits)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
const numbers = (count: number): string =>
  Array.from({ length: count }, (_, index) => `${2_000_000_000 + ((index * 7_919_000_003) % 8_000_000_000)}\n`).join(
    '',
  );
const data = numbers(20_000);

const KINDS: readonly (readonly [string, Partial<ZipMember>])[] = [
  ['packed', {}],
  ['stored', { isStored: true }],
  ['packed as a stream', { hasDescriptor: true }],
  ['stored as a stream', { hasDescriptor: true, isStored: true }],
  ['with the fields of large archives', { isLarge: true }],
  ['as a stream with the fields of large archives', { isLarge: true, hasDescriptor: true }],
];

describe('an archive with one file', () => {
  it.each(KINDS)('%s gives that file', async (_, kind) => {
    expect(await unpacked(zipFile({ data, ...kind }))).toBe(data);
  });

  it.each(KINDS)(
    '%s is the same however its bytes are cut, and never taken for whole when some of the end are missing',
    async (_, kind) => {
      const short = numbers(30);
      const whole = zipFile({ data: short, ...kind });
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 50 }),
          fc.integer({ min: 4, max: whole.length - 1 }),
          async (pieceBytes, end) => {
            expect(await unpacked(whole, { pieceBytes })).toBe(short);
            await expect(unpacked(whole.subarray(0, end), { pieceBytes })).rejects.toThrow(/cut off|damaged/);
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  it('is not read past what it may have in it', async () => {
    const bomb = zipFile({ data: Buffer.alloc(64 * 1024 ** 2, '\n') });
    expect(bomb.length).toBeLessThan(100_000);
    await expect(unpacked(bomb, { bytesMax: 1024 ** 2 })).rejects.toThrow(/more than 1 GiB; download fewer area codes/);
  });

  const flipped = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  const plain = zipFile({ data, isStored: true });
  it.each([
    ['a password', zipFile({ data, flags: 1 }), /password; unpack it/],
    ['another way of packing', zipFile({ data, method: 14 }), /unusual way \(method 14\)/],
    ['two files', zipFile({ data }, { name: 'b.txt', data }), /several files/],
    ['two files packed as streams', zipFile({ data, hasDescriptor: true }, { data }), /several files/],
    ['a folder', zipFile({ name: 'lists/', data: '' }, { data }), /several files or folders/],
    ['another archive', zipFile({ data: zipFile({ data }) }), /another archive in it/],
    ['nothing', zipFile(), /empty/],
    ['a part of it', Buffer.concat([Buffer.from('PK\u0007\u0008', 'latin1'), plain]), /one part of an archive/],
    ['a wrong check sum', zipFile({ data, checkSum: 1 }), /check sum/],
    ['one other bit', flipped(plain, 5_000), /check sum/],
    ['a wrong length', zipFile({ data, size: data.length - 1 }), /damaged/],
    ['packed noise', zipFile({ data: Buffer.alloc(500, 0xff), method: 8, isStored: true }), /damaged|cut off/],
    ['more behind it', Buffer.concat([plain, Buffer.from('x')]), /follows the end/],
  ])('with %s is refused, and says what to do', async (_, bytes, words) => {
    await expect(unpacked(bytes)).rejects.toThrow(ListFileError);
    await expect(unpacked(bytes)).rejects.toThrow(words);
  });
});

describe('an archive made on a Mac', () => {
  // As the Finder writes it: a folder without data, and a file in the AppleDouble format beside each one that was packed.
  const appleDouble = Buffer.concat([
    Buffer.from('00051607' + '00020000', 'hex'),
    Buffer.from('Mac OS X        '),
    Buffer.from('0002' + '00000009' + '00000032' + '00000e00' + '00000002' + '00000e32' + '0000011e', 'hex'),
    Buffer.alloc(400, 'com.apple.quarantine\u0000'),
  ]);
  const folder: ZipMember = { name: '__MACOSX/', data: '', isStored: true };
  const about = (name: string): ZipMember => ({ name: `__MACOSX/${name}`, data: appleDouble, hasDescriptor: true });
  const shown: ZipMember = {
    name: '.DS_Store',
    data: Buffer.concat([Buffer.from('\u0000\u0000\u0000\u0001Bud1'), appleDouble]),
  };
  const list: ZipMember = { name: 'list.txt', data, hasDescriptor: true };

  it.each<[string, readonly ZipMember[]]>([
    ['the folder of its copies', [list, folder, about('._list.txt')]],
    ['no entry for that folder', [list, about('._list.txt')]],
    ['its files before the list', [shown, about('._.DS_Store'), list, about('._list.txt')]],
    [
      'the list in a folder',
      [{ ...list, name: 'texas/list.txt' }, { ...shown, name: 'texas/.DS_Store' }, about('texas/._list.txt')],
    ],
    [
      'a copy beside the list',
      [
        { ...list, hasDescriptor: false },
        { name: '._list.txt', data: appleDouble, isStored: true },
      ],
    ],
  ])('with %s gives the list alone, however its bytes are cut', async (_, members) => {
    const bytes = zipFile(...members);
    for (const pieceBytes of [7, 1_000, bytes.length]) expect(await unpacked(bytes, { pieceBytes })).toBe(data);
  });

  const made = zipFile({ ...list, data: numbers(30) }, folder, about('._list.txt'));
  it('is never taken for whole when some of its end are missing', async () => {
    for (let end = 4; end < made.length; end += 1)
      await expect(unpacked(made.subarray(0, end))).rejects.toThrow(/cut off|damaged/);
  });

  it.each<[string, Buffer, RegExp]>([
    ['two lists', zipFile(list, folder, about('._list.txt'), { name: 'b.txt', data }), /several files/],
    ['a list in a name like theirs', zipFile(list, { name: 'MACOSX/b._txt', data }), /several files/],
    ['no list', zipFile(folder, about('._list.txt')), /no list in it, only what a Mac adds/],
    [
      'very many of its files',
      zipFile(list, ...Array.from({ length: 50 }, () => about('._list.txt'))),
      /several files/,
    ],
    [
      'a large one of its files',
      zipFile(list, { ...about('._a'), data: Buffer.alloc(17 * 1024 ** 2) }),
      /several files/,
    ],
    ['a copy whose check sum is wrong', zipFile(list, { ...about('._list.txt'), checkSum: 1 }), /check sum/],
    ['less in the directory', zipFile(list, about('._list.txt')).subarray(0, -99), /cut off|damaged/],
  ])('with %s is refused', async (_, bytes, words) => {
    await expect(unpacked(bytes)).rejects.toThrow(words);
  });
});

it('a file that is no archive stays as it is', async () => {
  for (const text of ['', 'P', '6175550123\n', data])
    expect(await unpacked(Buffer.from(text), { pieceBytes: 3 })).toBe(text);
});

it('lets go of the file when its reader stops', async () => {
  let isOpen = true;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from('6175550123\n');
    } finally {
      isOpen = false;
    }
  }
  for await (const piece of unpackList(source())) if (piece.length > 0) break;
  expect(isOpen).toBe(false);
});
