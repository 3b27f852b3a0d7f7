import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { blobsIn } from './blobs.ts';

const parent = await mkdtemp(join(tmpdir(), 'textwright-blobs-'));
afterAll(() => rm(parent, { recursive: true, force: true }));

const ID = '0193f6c2-a1b4-7c3d-8e5f-60718293a4b5';
let folders = 0;
function fresh() {
  folders += 1;
  const folder = join(parent, String(folders), 'imports');
  return { blobs: blobsIn(folder), files: () => readdir(folder) };
}
async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
const text = async (source: AsyncIterable<Buffer>): Promise<string> => {
  let all = '';
  for await (const chunk of source) all += chunk.toString();
  return all;
};

describe('a folder of blobs', () => {
  it('gives back what was put in, as often as it is asked, until it is removed', async () => {
    const { blobs, files } = fresh();
    expect(await blobs.put(ID, chunks('one ', 'two'), { bytesMax: 7 })).toEqual({ ok: true, value: { bytes: 7 } });
    expect(await text(blobs.open(ID))).toBe('one two');
    expect(await text(blobs.open(ID))).toBe('one two');
    await blobs.remove(ID);
    await blobs.remove(ID);
    expect(await files()).toEqual([]);
    await expect(text(blobs.open(ID))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('refuses what is larger than allowed, stops reading there, and keeps nothing', async () => {
    const { blobs, files } = fresh();
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += 1;
        yield new Uint8Array(65_536);
      }
    }
    expect(await blobs.put(ID, endless(), { bytesMax: 1_000_000 })).toEqual({
      ok: false,
      error: { kind: 'too_large' },
    });
    expect(read).toBeLessThan(20);
    expect(await files()).toEqual([]);
  });

  it('keeps nothing of an upload whose sender goes away', async () => {
    const { blobs, files } = fresh();
    const cause = new Error('connection reset');
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      throw cause;
    }
    expect(await blobs.put(ID, broken(), { bytesMax: 100 })).toEqual({
      ok: false,
      error: { kind: 'interrupted', cause },
    });
    expect(await files()).toEqual([]);
  });

  it('throws when the disk fails', async () => {
    await expect(blobsIn('/dev/null/x').put(ID, chunks('x'), { bytesMax: 10 })).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
  });

  it.each(['../../etc/passwd', 'a', '', `${ID}/x`])('takes no name that is not an id: "%s"', async (name) => {
    const { blobs } = fresh();
    await expect(async () => blobs.put(name, chunks('x'), { bytesMax: 10 })).rejects.toThrow('expected a UUID');
    expect(() => blobs.open(name)).toThrow('expected a UUID');
  });
});
