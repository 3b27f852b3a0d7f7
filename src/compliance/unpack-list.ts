/**
 * A list as it was sent, or what a ZIP archive with this one file (and what a Mac adds to it) has in it, unpacked while it comes in: nothing of it waits on a disk
 * or in memory. Whatever the archive says about its file (length, check sum, that nothing else is in it) is compared before the last of its
 * bytes counts, so that a damaged or half archive is never read as a shorter list. Decision 0058.
 */
import { crc32, createInflateRaw } from 'node:zlib';
import { ByteFeed } from './byte-feed.ts';
import { ListFileError } from './list-lines.ts';
import {
  checkDirectory,
  DESCRIPTOR_PEEK_BYTES,
  descriptorBytes,
  type LocalHeader,
  localHeader,
  type MemberRead,
  SEVERAL,
  SIGNATURES,
} from './zip-records.ts';

/** The whole nation as XML has some 7 GiB. */
export const UNPACKED_BYTES_MAX = 16 * 1024 ** 3;
/** Inflates to 16 MiB at the most, which is all that is held of it. */
const PACKED_PIECE_BYTES = 16 * 1024;
const UNPACKED_PIECE_BYTES = 64 * 1024;
/** A Mac adds its own files about the list and its folder, some hundred bytes each, in whatever order. */
const MAC_MEMBERS_MAX = 16;
const MAC_BYTES_MAX = 16 * 1024 ** 2;
/** Holds every entry with all that may be written beside it. */
const DIRECTORY_BYTES_MAX = 512 * 1024;
const DESCRIPTOR_START = Buffer.from(SIGNATURES.descriptor, 'latin1');

const DAMAGED = 'the archive is damaged; download it again';
const CUT_OFF = 'the archive is cut off before its end; download it again';

export async function* unpackList(
  chunks: AsyncIterable<Uint8Array>,
  { bytesMax = UNPACKED_BYTES_MAX } = {},
): AsyncGenerator<Uint8Array> {
  const feed = new ByteFeed(chunks, () => new ListFileError(CUT_OFF));
  try {
    const start = (await feed.peek(4)).toString('latin1');
    if (start === SIGNATURES.local) yield* onlyList(feed, bytesMax);
    else if (start === SIGNATURES.end) throw new ListFileError('the archive is empty; download it again');
    else if (start === SIGNATURES.descriptor || start === 'PK00')
      throw new ListFileError('this is one part of an archive in several; pack the list into one');
    else for (let chunk = await feed.next(); chunk !== undefined; chunk = await feed.next()) yield chunk;
  } finally {
    await feed.close();
  }
}

async function* onlyList(feed: ByteFeed, bytesMax: number): AsyncGenerator<Buffer> {
  const members: MemberRead[] = [];
  let hasList = false;
  do {
    const header = await localHeader(feed);
    if (header.isOfMac ? members.length > MAC_MEMBERS_MAX : hasList) throw new ListFileError(SEVERAL);
    hasList ||= !header.isOfMac;
    members.push(yield* member(feed, header, header.isOfMac ? MAC_BYTES_MAX : bytesMax));
  } while ((await feed.peek(4)).toString('latin1') === SIGNATURES.local);
  const rest = await feed.peek(DIRECTORY_BYTES_MAX + 1);
  checkDirectory(rest, members);
  if (rest.length > DIRECTORY_BYTES_MAX) throw new ListFileError(DAMAGED);
  if (!hasList) throw new ListFileError('the archive has no list in it, only what a Mac adds; pack the list itself');
}

/** Gives the bytes of the list, and none of what lies beside it. */
async function* member(feed: ByteFeed, header: LocalHeader, bytesMax: number): AsyncGenerator<Buffer, MemberRead> {
  const startsAt = feed.position;
  let [size, checkSum] = [0, 0];
  for await (const piece of header.isStored ? stored(feed, header) : inflated(feed, header)) {
    if (!header.isOfMac && size === 0 && piece.toString('latin1', 0, 4) === SIGNATURES.local)
      throw new ListFileError('the archive has another archive in it; unpack the outer one');
    size += piece.length;
    if (size > bytesMax) throw new ListFileError(header.isOfMac ? SEVERAL : tooLarge(bytesMax));
    checkSum = crc32(piece, checkSum);
    if (!header.isOfMac) yield piece;
  }
  const packedSize = feed.position - startsAt;
  if (header.hasDescriptor) await feed.take(descriptorBytes(await feed.peek(DESCRIPTOR_PEEK_BYTES)));
  return { size, packedSize, checkSum };
}

const tooLarge = (bytesMax: number): string =>
  `unpacked it has more than ${gibibytes(bytesMax)} GiB; download fewer area codes at a time, each into a list of its own`;
const gibibytes = (bytes: number): number => Math.ceil(bytes / 1024 ** 3);

async function* stored(feed: ByteFeed, { packedSize }: LocalHeader): AsyncGenerator<Buffer> {
  if (packedSize === undefined) return yield* storedUntilDescriptor(feed);
  for (let left = packedSize; left > 0; ) {
    const piece = await feed.some(left);
    left -= piece.length;
    yield piece;
  }
}

/** Its length follows it; the four bytes that begin what follows stand in no text. */
async function* storedUntilDescriptor(feed: ByteFeed): AsyncGenerator<Buffer> {
  for (;;) {
    const seen = await feed.peek(UNPACKED_PIECE_BYTES);
    const end = seen.indexOf(DESCRIPTOR_START);
    const sure = end >= 0 ? end : seen.length - DESCRIPTOR_START.length + 1;
    if (sure > 0) yield await feed.take(sure);
    if (end >= 0) return;
    if (sure <= 0) throw new ListFileError(CUT_OFF);
  }
}

/** Where packed data end is known by unpacking them: the inflater tells how much of the last piece it has used. */
async function* inflated(feed: ByteFeed, { packedSize }: LocalHeader): AsyncGenerator<Buffer> {
  const inflater = startInflater();
  try {
    let left = packedSize ?? Number.POSITIVE_INFINITY;
    while (!inflater.hasEnded() && left > 0) {
      const piece = await feed.some(Math.min(left, PACKED_PIECE_BYTES));
      const used = await inflater.write(piece);
      left -= used;
      if (used < piece.length) feed.putBack(piece.subarray(used));
      yield* inflater.ready();
    }
    if (!inflater.hasEnded()) await inflater.end();
    if (packedSize !== undefined && left > 0) throw new ListFileError(DAMAGED);
    yield* inflater.ready();
  } finally {
    inflater.close();
  }
}

function startInflater() {
  const stream = createInflateRaw({ chunkSize: UNPACKED_PIECE_BYTES });
  const pieces: Buffer[] = [];
  let ended = false;
  let settle: (error?: Error) => void = () => undefined;
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  stream.on('error', () => settle(new ListFileError(DAMAGED)));
  stream.on('end', () => {
    ended = true;
    settle();
  });
  // A write is answered by its callback, or by the end of the data within it, or by an error.
  const settled = (begin: () => void): Promise<void> =>
    new Promise((resolve, reject) => {
      settle = (error) => (error === undefined ? resolve() : reject(error));
      begin();
    });
  return {
    hasEnded: () => ended,
    ready: () => pieces.splice(0),
    async write(piece: Buffer): Promise<number> {
      const before = stream.bytesWritten;
      await settled(() => stream.write(piece, () => settle()));
      return stream.bytesWritten - before;
    },
    end: () => settled(() => stream.end()),
    close: () => stream.destroy(),
  };
}
