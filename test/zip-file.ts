import { crc32, deflateRawSync } from 'node:zlib';

/** A ZIP archive as a test needs it, with what may be wrong about it. */
export interface ZipMember {
  readonly name?: string;
  readonly data: string | Buffer;
  readonly isStored?: boolean;
  /** Sizes and check sum follow the data, as whoever packs a stream writes them. */
  readonly hasDescriptor?: boolean;
  /** Sizes in the fields for large archives, though these are not. */
  readonly isLarge?: boolean;
  readonly checkSum?: number;
  readonly size?: number;
  readonly flags?: number;
  readonly method?: number;
}

export function zipFile(...members: readonly ZipMember[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { local, central } = written(member, offset);
    offset += local.length;
    locals.push(local);
    centrals.push(central);
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  const large = members.some(({ isLarge }) => isLarge === true) ? [largeEnd()] : [];
  return Buffer.concat([...locals, directory, ...large, end]);
}

function written({ name = 'list.txt', data, ...member }: ZipMember, offset: number) {
  const { isStored = false, hasDescriptor = false, isLarge = false } = member;
  const bytes = Buffer.from(data);
  const packed = isStored ? bytes : deflateRawSync(bytes);
  const checkSum = member.checkSum ?? crc32(bytes);
  const sizes = [packed.length, member.size ?? bytes.length] as const;
  const about = (known: boolean, shown: readonly [number, number]): Buffer => {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(isLarge ? 45 : 20, 0);
    fields.writeUInt16LE((member.flags ?? 0) | (hasDescriptor ? 8 : 0), 2);
    fields.writeUInt16LE(member.method ?? (isStored ? 0 : 8), 4);
    fields.writeUInt32LE(known ? checkSum : 0, 10);
    fields.writeUInt32LE(isLarge ? 0xffff_ffff : shown[0], 14);
    fields.writeUInt32LE(isLarge ? 0xffff_ffff : shown[1], 18);
    fields.writeUInt16LE(name.length, 22);
    fields.writeUInt16LE(isLarge ? 20 : 0, 24);
    return fields;
  };
  const extra = (shown: readonly [number, number]): Buffer => {
    if (!isLarge) return Buffer.alloc(0);
    const field = Buffer.alloc(20);
    field.writeUInt16LE(1, 0);
    field.writeUInt16LE(16, 2);
    field.writeBigUInt64LE(BigInt(shown[1]), 4);
    field.writeBigUInt64LE(BigInt(shown[0]), 12);
    return field;
  };
  const early = hasDescriptor ? ([0, 0] as const) : sizes;
  const named = Buffer.from(name);
  const made = Buffer.alloc(2);
  const place = Buffer.alloc(14);
  place.writeUInt32LE(offset, 10);
  return {
    local: Buffer.concat([
      Buffer.from('PK\u0003\u0004', 'latin1'),
      about(!hasDescriptor, early),
      named,
      extra(early),
      packed,
      ...(hasDescriptor ? [descriptor(checkSum, sizes, isLarge)] : []),
    ]),
    central: Buffer.concat([
      Buffer.from('PK\u0001\u0002', 'latin1'),
      made,
      about(true, sizes),
      place,
      named,
      extra(sizes),
    ]),
  };
}

function descriptor(checkSum: number, [packed, unpacked]: readonly [number, number], isLarge: boolean): Buffer {
  const width = isLarge ? 8 : 4;
  const fields = Buffer.alloc(8 + 2 * width);
  fields.write('PK\u0007\u0008', 'latin1');
  fields.writeUInt32LE(checkSum, 4);
  fields.writeUIntLE(packed, 8, 4);
  fields.writeUIntLE(unpacked, 8 + width, 4);
  return fields;
}

function largeEnd(): Buffer {
  const fields = Buffer.alloc(56 + 20);
  fields.write('PK\u0006\u0006', 'latin1');
  fields.writeBigUInt64LE(44n, 4);
  fields.write('PK\u0006\u0007', 56, 'latin1');
  return fields;
}
