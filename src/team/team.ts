import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** Who may do what grows from left to right: a viewer reads, an agent answers people, a manager sends, an owner decides who may. */
export const ROLES = ['viewer', 'agent', 'manager', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** Characters of a password. */
export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 200;

/** Somebody who can sign in. Never called "user" towards a contact. */
export interface Member {
  readonly id: Uuid;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly active: boolean;
  readonly createdAt: Instant;
  readonly lastSeenAt: Instant | null;
}

export interface ApiKey {
  readonly id: Uuid;
  readonly name: string;
  readonly role: Role;
  /** The first characters, to recognise it. */
  readonly prefix: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
  readonly revokedAt: Instant | null;
}

/** How often a use of a session or key is written down, in real time. */
export const SEEN_EVERY_MS = 60_000;
