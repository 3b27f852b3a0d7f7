/** The records of a ZIP archive around its files, by APPNOTE.TXT of PKWARE; only what an archive of one list has. */
import type { ByteFeed } from './byte-feed.ts';
import { ListFileError } from './list-lines.ts';

export const SIGNATURES = {
  local: 'PK\u0003\u0004',
  descriptor: 'PK\u0007\u0008',
  central: 'PK\u0001\u0002',
  end64: 'PK\u0006\u0006',
  locator64: 'PK\u0006\u0007',
  end: 'PK\u0005\u0006',
} as const;

export interface LocalHeader {
  readonly isStored: boolean;
  /** Undefined: it follows the data. */
  readonly packedSize: number | undefined;
  readonly hasDescriptor: boolean;
  /** Not what was packed, but what a Mac keeps about it. */
  readonly isOfMac: boolean;
}

/** What unpacking a file has found. */
export interface MemberRead {
  readonly size: number;
  readonly packedSize: number;
  readonly checkSum: number;
}

const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const LOCATOR64_BYTES = 20;
const [STORED, DEFLATED, STRONGLY_ENCRYPTED] = [0, 8, 99];
const [FLAG_ENCRYPTED, FLAG_DESCRIPTOR, FLAG_STRONG] = [1, 8, 64];
/** The value stands in the field for large archives. */
const ELSEWHERE = 0xffff_ffff;
const LARGE_FIELD = 1;

export const SEVERAL =
  'the archive has several files or folders; pack the list alone, or unpack it and upload the list';
const DAMAGED = 'the archive is damaged: what it says about its file does not fit; download it again';

export async function localHeader(feed: ByteFeed): Promise<LocalHeader> {
  const fixed = await feed.take(LOCAL_BYTES);
  const [flags, method] = [fixed.readUInt16LE(6), fixed.readUInt16LE(8)];
  const name = (await feed.take(fixed.readUInt16LE(26))).toString('latin1');
  const extra = await feed.take(fixed.readUInt16LE(28));
  const isOfMac = OF_MAC.test(name);
  if (name.endsWith('/') && !isOfMac) throw new ListFileError(SEVERAL);
  if ((flags & (FLAG_ENCRYPTED | FLAG_STRONG)) !== 0 || method === STRONGLY_ENCRYPTED)
    throw new ListFileError('the archive asks for a password; unpack it and upload the list');
  if (method !== STORED && method !== DEFLATED)
    throw new ListFileError(
      `the archive is packed in an unusual way (method ${method}); unpack it and upload the list`,
    );
  const hasDescriptor = (flags & FLAG_DESCRIPTOR) !== 0;
  const [packedSize] = sizesOf(extra, [fixed.readUInt32LE(18), fixed.readUInt32LE(22)], LOCAL_ORDER);
  return { isStored: method === STORED, packedSize: hasDescriptor ? undefined : packedSize, hasDescriptor, isOfMac };
}

/** The folder of its copies, their names (`._list.txt`), and how a folder is shown. */
const OF_MAC = /^__MACOSX\/|(^|\/)(\._[^/]*|\.DS_Store)$/;

/** In both headers the size comes first in the field for large archives, and the packed size second. */
const LOCAL_ORDER = [1, 0] as const;

function sizesOf(
  extra: Buffer,
  sizes: readonly [packed: number, unpacked: number],
  order: typeof LOCAL_ORDER,
): readonly [packed: number, unpacked: number] {
  const found: [number, number] = [...sizes];
  const field = fieldOf(extra, LARGE_FIELD);
  let at = 0;
  for (const place of order) {
    if (found[place] !== ELSEWHERE) continue;
    if (field === undefined || field.length < at + 8) throw new ListFileError(DAMAGED);
    found[place] = Number(field.readBigUInt64LE(at));
    at += 8;
  }
  return found;
}

function fieldOf(extra: Buffer, wanted: number): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2))
    if (extra.readUInt16LE(at) === wanted) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  return undefined;
}

/** Says that everything behind the data is there, and speaks of exactly these files in their order. */
export function checkDirectory(rest: Buffer, members: readonly MemberRead[]): void {
  checkEnd(members.reduce((central, member) => central.subarray(checkedEntry(central, member)), rest));
}

/** Returns its length. */
function checkedEntry(central: Buffer, read: MemberRead): number {
  if (central.length < CENTRAL_BYTES) throw cutOff();
  if (signatureAt(central, 0) !== SIGNATURES.central) throw new ListFileError(DAMAGED);
  const [nameBytes, extraBytes] = [central.readUInt16LE(28), central.readUInt16LE(30)];
  const entryBytes = CENTRAL_BYTES + nameBytes + extraBytes + central.readUInt16LE(32);
  if (central.length < entryBytes) throw cutOff();
  const extra = central.subarray(CENTRAL_BYTES + nameBytes, CENTRAL_BYTES + nameBytes + extraBytes);
  const [packedSize, size] = sizesOf(extra, [central.readUInt32LE(20), central.readUInt32LE(24)], LOCAL_ORDER);
  if (central.readUInt32LE(16) !== read.checkSum)
    throw new ListFileError('the archive is damaged: the check sum of its file is wrong; download it again');
  if (packedSize !== read.packedSize || size !== read.size) throw new ListFileError(DAMAGED);
  return entryBytes;
}

/** With or without its signature, with sizes of four bytes or of eight. */
const DESCRIPTOR_BYTES = [12, 16, 20, 24];
/** The longest one, and the signature of what follows. */
export const DESCRIPTOR_PEEK_BYTES = 28;

export function descriptorBytes(rest: Buffer): number {
  for (const at of DESCRIPTOR_BYTES) {
    const next = signatureAt(rest, at);
    if (next === SIGNATURES.central || next === SIGNATURES.local) return at;
  }
  throw rest.length < DESCRIPTOR_PEEK_BYTES ? cutOff() : new ListFileError(DAMAGED);
}

const signatureAt = (bytes: Buffer, at: number): string => bytes.toString('latin1', at, at + 4);
const cutOff = () => new ListFileError('the archive is cut off before its end; download it again');

function checkEnd(tail: Buffer): void {
  let at = 0;
  if (signatureAt(tail, at) === SIGNATURES.end64) {
    if (tail.length < 12) throw cutOff();
    at += 12 + Number(tail.readBigUInt64LE(4));
    if (signatureAt(tail, at) === SIGNATURES.locator64) at += LOCATOR64_BYTES;
  }
  const end = tail.subarray(at);
  if (signatureAt(end, 0) === SIGNATURES.central) throw new ListFileError(SEVERAL);
  if (end.length < END_BYTES) throw cutOff();
  if (signatureAt(end, 0) !== SIGNATURES.end) throw new ListFileError(DAMAGED);
  const length = END_BYTES + end.readUInt16LE(20);
  if (end.length < length) throw cutOff();
  if (end.length > length) throw new ListFileError('something follows the end of the archive; download it again');
}
