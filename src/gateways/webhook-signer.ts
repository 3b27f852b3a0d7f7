import { createHash } from 'node:crypto';

/** By which a key is known without being told: enough of a digest to tell the keys of one account apart. */
export const signerOf = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 12);
