import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from './folder.ts';
import type { Random } from './random.ts';

/** Seals credentials at rest with AES-256-GCM. The sealed text is `v1.<nonce>.<tag>.<ciphertext>` in base64url. */
export interface Secrets {
  seal(plain: string): string;
  /** Throws when the text was sealed with another key or was changed. */
  open(sealed: string): string;
  /** A key for one purpose (HKDF-SHA-256, 32 bytes in base64url): the same on every process of this installation. */
  derive(purpose: string): string;
}

const NONCE_BYTES = 12;
const KEY_BYTES = 32;

export function secretsWithKey(key: Uint8Array, random: Random): Secrets {
  if (key.length !== KEY_BYTES) throw new Error(`secret key: expected ${KEY_BYTES} bytes, got ${key.length}`);
  return {
    seal(plain) {
      const nonce = random.bytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return ['v1', ...[nonce, cipher.getAuthTag(), body].map((part) => Buffer.from(part).toString('base64url'))].join(
        '.',
      );
    },
    open(sealed) {
      const [version, nonce, tag, body] = sealed.split('.');
      if (version !== 'v1' || nonce === undefined || tag === undefined || body === undefined)
        throw new Error('sealed secret: expected the form v1.nonce.tag.text; the stored value is damaged');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'));
        decipher.setAuthTag(Buffer.from(tag, 'base64url'));
        return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new Error(
          'sealed secret cannot be opened: it was sealed with another key. Start with the TEXTWRIGHT_SECRET_KEY (or data folder) that sealed it',
          { cause },
        );
      }
    },
    derive: (purpose) =>
      Buffer.from(hkdfSync('sha256', key, '', `textwright ${purpose}`, KEY_BYTES)).toString('base64url'),
  };
}

/** The key of this installation: from the configuration, or made once in the data folder (readable by its owner only). */
export async function installationKey(options: {
  readonly configured: string | undefined;
  readonly dataDir: string;
  readonly random: Random;
}): Promise<Uint8Array> {
  if (options.configured !== undefined) return Buffer.from(options.configured, 'base64');
  const path = join(options.dataDir, 'secret.key');
  await makeFolder(options.dataDir);
  await writeOnce(path, Buffer.from(options.random.bytes(KEY_BYTES)).toString('base64'), options.random);
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (key.length !== KEY_BYTES)
    throw new Error(
      `${path}: expected ${KEY_BYTES} bytes in base64, got ${key.length}; restore the file from a backup`,
    );
  return key;
}

/**
 * Puts a file in place whole, unless one is there. A link is made in one step and never over another file, so that two
 * processes starting together read the same key, and neither reads one that is half written.
 */
async function writeOnce(path: string, text: string, random: Random): Promise<void> {
  if (existsSync(path)) return;
  const draft = `${path}.${Buffer.from(random.bytes(8)).toString('hex')}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');
