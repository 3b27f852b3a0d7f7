import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom, systemRandom } from './random.ts';
import { installationKey, secretsWithKey } from './secrets.ts';

const random = seededRandom(3);
const secrets = secretsWithKey(random.bytes(32), random);

describe('sealed secrets', () => {
  it('open to what was sealed and look different each time', () => {
    const sealed = secrets.seal('quo-key-1');
    expect(secrets.open(sealed)).toBe('quo-key-1');
    expect(sealed).not.toContain('quo-key-1');
    expect(secrets.seal('quo-key-1')).not.toBe(sealed);
  });

  it('refuse another key and a changed text', () => {
    const sealed = secrets.seal('quo-key-1');
    expect(() => secretsWithKey(random.bytes(32), random).open(sealed)).toThrow('sealed with another key');
    const [version, nonce, tag] = sealed.split('.');
    expect(() => secrets.open([version, nonce, tag, Buffer.from('other').toString('base64url')].join('.'))).toThrow();
    expect(() => secrets.open('plain')).toThrow('damaged');
  });

  it('derive one key per purpose', () => {
    expect(secrets.derive('sign-in')).not.toEqual(secrets.derive('idempotency'));
  });
});

it('keeps the key of an installation in a file that only its owner reads, also when two start at once', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'textwright-key-'));
  try {
    const made = await Promise.all(
      Array.from({ length: 20 }, () => installationKey({ configured: undefined, dataDir, random: systemRandom })),
    );
    expect(new Set(made.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
    expect((await stat(join(dataDir, 'secret.key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(['secret.key']);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
