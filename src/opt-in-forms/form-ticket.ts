import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { FORM_LANGUAGES } from './opt-in-form.ts';

/**
 * Given out with a form and brought back with what is sent in: which words were shown, and when. Signed, so that a program must have looked
 * at the form first, cannot claim other words, and can be told by how fast it is. Its digest is kept: brought back twice it counts once.
 */
export interface Ticket {
  readonly token: string;
  readonly version: number;
  readonly language: (typeof FORM_LANGUAGES)[number];
  readonly issuedAtMs: number;
}

export interface FormTickets {
  issue(ticket: Ticket): string;
  /** Undefined for what was not issued here. */
  read(text: string): Ticket | undefined;
}

/** Nobody reads a form and types a number faster; a page may stay open over night, not over a holiday. */
export const TICKET_AGE_MIN_MS = 2_000;
export const TICKET_AGE_MAX_MS = 24 * 3_600_000;

const NONCE_BYTES = 9;
const TICKET_LENGTH_MAX = 300;
const stored = z.tuple([z.string(), z.int().min(1), z.enum(FORM_LANGUAGES), z.int(), z.string()]);

export function formTickets(secrets: Pick<Secrets, 'derive'>, random: Random): FormTickets {
  const key = secrets.derive('opt-in form');
  const sign = (content: string): Buffer => createHmac('sha256', key).update(content).digest();
  return {
    issue({ token, version, language, issuedAtMs }) {
      const nonce = Buffer.from(random.bytes(NONCE_BYTES)).toString('base64url');
      const content = Buffer.from(JSON.stringify([token, version, language, issuedAtMs, nonce])).toString('base64url');
      return `${content}.${sign(content).toString('base64url')}`;
    },
    read(text) {
      const [content, signature, ...more] = text.length > TICKET_LENGTH_MAX ? [] : text.split('.');
      if (content === undefined || signature === undefined || more.length > 0) return undefined;
      const expected = sign(content);
      const given = Buffer.from(signature, 'base64url');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      const parts = stored.safeParse(JSON.parse(Buffer.from(content, 'base64url').toString('utf8')));
      if (!parts.success) return undefined;
      const [token, version, language, issuedAtMs] = parts.data;
      return { token, version, language, issuedAtMs };
    },
  };
}
