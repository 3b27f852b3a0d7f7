import { createHash } from 'node:crypto';
import { canonicalJson } from '../platform/canonical-json.ts';
import type { Uuid } from '../platform/ids.ts';

/**
 * The chain of the audit log: each seal holds a digest of its entry, and a hash over itself and the hash before. Whoever changes,
 * removes, inserts or reorders something leaves a seal that does not fit. The bytes are described in docs/decisions/0035, so that
 * anybody can check an export without this program.
 */
export interface AuditContent {
  readonly id: Uuid;
  /** UTC with six decimals of the second: `2026-11-17T15:00:00.123000Z`. So is `sealedAt` of a seal. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly phone: string | null;
  readonly detail: object;
}

export interface AuditSeal {
  readonly seq: number;
  readonly entryId: Uuid;
  readonly sealedAt: string;
  readonly digest: string;
  readonly hash: string;
}

/** Where a chain is; what to note elsewhere, so that its end cannot be cut off unseen. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first seal. */
export const CHAIN_BEGIN: ChainHead = { seq: 0, hash: '0'.repeat(64) };

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Of exactly these seven fields, whatever else the object has. */
export const digestOf = ({ id, at, actor, action, subject, phone, detail }: AuditContent): string =>
  sha256(canonicalJson({ id, at, actor, action, subject, phone, detail }));

export const hashAfter = (before: ChainHead, seal: Pick<AuditSeal, 'seq' | 'sealedAt' | 'digest'>): string =>
  sha256(`${before.hash}\n${seal.seq}\n${seal.sealedAt}\n${seal.digest}`);

/** The seals of entries in this order, behind `head`. */
export function sealAll(head: ChainHead, entries: readonly AuditContent[], sealedAt: string): readonly AuditSeal[] {
  let last = head;
  return entries.map((entry) => {
    const seal = { seq: last.seq + 1, entryId: entry.id, sealedAt, digest: digestOf(entry) };
    last = { seq: seal.seq, hash: hashAfter(last, seal) };
    return { ...seal, hash: last.hash };
  });
}

export interface SealedEntry {
  readonly seal: AuditSeal;
  /** `null` when the table has none with the seal's id. */
  readonly entry: AuditContent | null;
}

export type ChainBreak =
  | { readonly kind: 'seal_missing'; readonly seq: number }
  | { readonly kind: 'entry_missing'; readonly seq: number; readonly entryId: Uuid }
  | { readonly kind: 'entry_changed' | 'out_of_place'; readonly seq: number; readonly entry: AuditContent };

/** Of the erasure of a person, which takes the content of the entries about them; it cannot take its own. */
export const ERASED = 'person.erased';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The entry of the erasure that an entry names in place of what it held. Its digest stays in the seal, so the chain is whole without it. */
export function erasedBy({ action, detail }: AuditContent): Uuid | undefined {
  const names = Object.entries(detail);
  const [name, id] = names[0] ?? [];
  const isErased =
    names.length === 1 && name === 'erasedBy' && typeof id === 'string' && UUID.test(id) && action !== ERASED;
  return isErased ? id : undefined;
}

/** What is wrong with the entry that comes next behind `before`; who verifies an erased one looks for its erasure too. */
export function findBreak(before: ChainHead, { seal, entry }: SealedEntry): ChainBreak | undefined {
  if (seal.seq !== before.seq + 1) return { kind: 'seal_missing', seq: before.seq + 1 };
  const { seq, entryId } = seal;
  if (entry === null) return { kind: 'entry_missing', seq, entryId };
  if (erasedBy(entry) === undefined && digestOf(entry) !== seal.digest) return { kind: 'entry_changed', seq, entry };
  if (hashAfter(before, seal) !== seal.hash) return { kind: 'out_of_place', seq, entry };
  return undefined;
}
