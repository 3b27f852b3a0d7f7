import type { KeptRecord } from '../compliance/retention-rules.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** What was removed of a person, in rows. */
export interface Removed {
  readonly contacts: number;
  readonly conversations: number;
  /** Texts whose words and pictures went; that they were sent stays. */
  readonly texts: number;
  readonly calls: number;
  readonly recordings: number;
  /** Raw events of the gateway. */
  readonly events: number;
  readonly validations: number;
  /** Entries of the audit log whose content went; their digests stay in the chain. */
  readonly auditEntries: number;
}

/** What stays, in the least form that serves, and why. */
export interface Kept {
  readonly record: KeptRecord;
  readonly rows: number;
  readonly ruleVersion: string;
  readonly reason: string;
  /** Null: as long as this business texts. */
  readonly keepUntil: Instant | null;
  readonly forgottenAt: Instant | null;
}

export interface Erasure {
  readonly id: Uuid;
  readonly erasedAt: Instant;
  readonly actorName: string;
  readonly reason: string;
  readonly removed: Removed;
  readonly kept: readonly Kept[];
}

/** What this program cannot reach; said with every erasure. */
export const BEYOND_REACH: readonly string[] = [
  'The texts, calls and address book at the gateway: delete the person there as well.',
  'Backups of the database, until they are replaced.',
  'What was forwarded to addresses of developers, and files that were exported.',
];
