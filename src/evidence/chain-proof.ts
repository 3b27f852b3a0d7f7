import { z } from 'zod';
import {
  type AuditContent,
  type AuditSeal,
  type ChainHead,
  digestOf,
  erasedBy,
  hashAfter,
} from '../compliance/audit-chain.ts';

/**
 * Entries of the audit log with what is needed to check them without this program or its database: the digests of all entries from the
 * first of these to the head tie each of them to a head that was noted elsewhere. Digests tell nothing of other people.
 */
export interface ChainProof {
  readonly entries: readonly ProvenEntry[];
  /** Before the first link. */
  readonly before: ChainHead;
  /** Every seal behind `before`, in order; empty when they are too many. */
  readonly links: readonly ChainLink[];
  readonly head: ChainHead;
  /** False: there are more links than fit; `textwright audit export` has them. */
  readonly linked: boolean;
  /** Entries of the last second, which have no seal yet. */
  readonly unsealed: number;
}

export type ProvenEntry = AuditContent & Pick<AuditSeal, 'seq' | 'digest' | 'hash'>;
export type ChainLink = Pick<AuditSeal, 'sealedAt' | 'digest'>;

export type ProofVerdict =
  | { readonly state: 'whole'; readonly entries: number; readonly head: ChainHead }
  | { readonly state: 'unlinked'; readonly entries: number; readonly head: ChainHead }
  | { readonly state: 'broken'; readonly sentence: string };

/** What anybody can recompute from an exported file. */
export function verifyProof(proof: ChainProof): ProofVerdict {
  const changed = proof.entries.find((entry) => erasedBy(entry) === undefined && digestOf(entry) !== entry.digest);
  if (changed !== undefined) return broken(`Entry ${changed.seq} was changed: its content does not have its digest.`);
  const { entries, head } = proof;
  if (!proof.linked) return { state: 'unlinked', entries: entries.length, head };
  const hashes = new Map<number, ChainHead & { readonly digest: string }>();
  let last = proof.before;
  for (const link of proof.links) {
    const seq = last.seq + 1;
    last = { seq, hash: hashAfter(last, { seq, ...link }) };
    hashes.set(seq, { ...last, digest: link.digest });
  }
  if (last.seq !== head.seq || last.hash !== head.hash) return broken('The links do not lead to the head.');
  const astray = entries.find(
    ({ seq, hash, digest }) => hashes.get(seq)?.hash !== hash || hashes.get(seq)?.digest !== digest,
  );
  if (astray !== undefined) return broken(`Entry ${astray.seq} does not stand where it says in the chain.`);
  return { state: 'whole', entries: entries.length, head };
}

const broken = (sentence: string): ProofVerdict => ({ state: 'broken', sentence });

const head = z.object({ seq: z.int(), hash: z.string() });
/** The proof inside a file that was exported. */
export const proofSchema = z.object({
  entries: z.array(
    z.object({
      ...{ id: z.string(), at: z.string(), actor: z.string(), action: z.string(), subject: z.string() },
      phone: z.string().nullable(),
      detail: z.record(z.string(), z.unknown()),
      ...{ seq: z.int(), digest: z.string(), hash: z.string() },
    }),
  ),
  before: head,
  links: z.array(z.object({ sealedAt: z.string(), digest: z.string() })),
  head,
  linked: z.boolean(),
  unsealed: z.int(),
});
