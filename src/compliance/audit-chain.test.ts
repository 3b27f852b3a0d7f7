import { describe, expect, it } from 'vitest';
import {
  type AuditContent,
  CHAIN_BEGIN,
  type ChainBreak,
  findBreak,
  type SealedEntry,
  sealAll,
} from './audit-chain.ts';

const SEALED_AT = '2026-11-17T15:00:01.000000Z';
const entry = (nth: number): AuditContent => ({
  id: `0193f6c2-a1b4-7c3d-8e5f-60718293a4b${nth}`,
  at: '2026-11-17T15:00:00.123000Z',
  actor: 'contact',
  action: 'number.suppressed',
  subject: `+1617555000${nth}`,
  phone: `+1617555000${nth}`,
  detail: { reason: 'opt_out', evidence: { text: 'STOP' } },
});
const CONTENTS = [entry(1), entry(2), entry(3), entry(4)];
const CHAIN: readonly SealedEntry[] = sealAll(CHAIN_BEGIN, CONTENTS, SEALED_AT).map((seal, index) => ({
  seal,
  entry: CONTENTS[index] ?? null,
}));
const [first, second, third, fourth] = CHAIN as [SealedEntry, SealedEntry, SealedEntry, SealedEntry];

function firstBreak(chain: readonly SealedEntry[]): ChainBreak | undefined {
  let before = CHAIN_BEGIN;
  for (const sealed of chain) {
    const broken = findBreak(before, sealed);
    if (broken !== undefined) return broken;
    before = sealed.seal;
  }
  return undefined;
}

describe('the chain of the audit log', () => {
  it('is whole as it was sealed, also when it was sealed in parts', () => {
    const later = sealAll(second.seal, CONTENTS.slice(2), SEALED_AT);
    expect(later).toEqual([third.seal, fourth.seal]);
    expect(firstBreak(CHAIN)).toBeUndefined();
  });

  it('has hashes that do not change from one version of this program to the next', () => {
    expect(fourth.seal).toMatchObject({
      digest: 'addfbb681b0e4d31f25a954082190866586fd1d87aa2242d67e69048aa6af4be',
      hash: 'da0d67831ad523e2c98eaabe01047bdd86da8a9ef6cb27948dd4343fd7ca510b',
    });
  });

  const withField = (sealed: SealedEntry, change: object): SealedEntry => ({
    ...sealed,
    entry: sealed.entry === null ? null : { ...sealed.entry, ...change },
  });
  const resealed = (before: SealedEntry, sealed: SealedEntry): SealedEntry => {
    const [seal] = sealAll(before.seal, sealed.entry === null ? [] : [sealed.entry], SEALED_AT);
    return seal === undefined ? sealed : { seal, entry: sealed.entry };
  };

  it.each<[string, readonly SealedEntry[], Partial<ChainBreak>]>([
    [
      'a detail was changed',
      [first, withField(second, { detail: { reason: 'none' } }), third],
      { kind: 'entry_changed', seq: 2 },
    ],
    ['a number was taken out', [first, withField(second, { phone: null }), third], { kind: 'entry_changed', seq: 2 }],
    [
      'a time was moved',
      [first, withField(second, { at: '2026-11-17T15:00:00.124000Z' })],
      { kind: 'entry_changed', seq: 2 },
    ],
    ['an entry is gone', [first, { ...second, entry: null }, third], { kind: 'entry_missing', seq: 2 }],
    ['entry and seal are gone', [first, third, fourth], { kind: 'seal_missing', seq: 2 }],
    ['the beginning is gone', [second, third], { kind: 'seal_missing', seq: 1 }],
    [
      'entry and seal are gone, and the rest was numbered anew',
      [first, { ...third, seal: { ...third.seal, seq: 2 } }],
      { kind: 'out_of_place', seq: 2 },
    ],
    ['the same seal comes twice', [first, second, second], { kind: 'seal_missing', seq: 3 }],
    [
      'two entries changed places with their digests',
      [
        first,
        { ...third, seal: { ...third.seal, seq: 2, hash: second.seal.hash } },
        { ...second, seal: { ...second.seal, seq: 3, hash: third.seal.hash } },
      ],
      { kind: 'out_of_place', seq: 2 },
    ],
    [
      'an entry was changed and sealed anew: the next one does not fit',
      [first, resealed(first, withField(second, { actor: 'user:1' })), third],
      { kind: 'out_of_place', seq: 3 },
    ],
    [
      'the time of a seal was moved',
      [first, { ...second, seal: { ...second.seal, sealedAt: '2026-11-17T15:00:00.000000Z' } }],
      { kind: 'out_of_place', seq: 2 },
    ],
  ])('names the first entry that does not fit: %s', (_, chain, expected) => {
    expect(firstBreak(chain)).toMatchObject(expected);
  });
});
