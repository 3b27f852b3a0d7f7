import type { Mutant } from './mutant.ts';

/** Engines that do not ask do-not-call lists, or not the newest, and lists that are not what their files say. */
export const LIST_MUTANTS: readonly Mutant[] = [
  {
    name: 'asks no do-not-call list in the claim',
    edits: [
      {
        file: 'src/sending/claim-store.ts',
        find: 'claimReasonSql(facts, joinedConsentReasonSql(facts,',
        replace: 'claimReasonSql({ ...facts, dncKinds: [] }, joinedConsentReasonSql(facts,',
      },
    ],
  },
  {
    name: 'texts by do-not-call lists that are too old',
    edits: [
      {
        file: 'src/sending/claim-store.ts',
        find: 'waitsForListSql(facts,',
        replace: 'waitsForListSql({ ...facts, dncIsStale: false },',
      },
    ],
  },
  {
    name: 'knows no do-not-call list that came after its first claim',
    edits: [
      {
        file: 'src/sending/claim-store.ts',
        find: 'if (isDeepStrictEqual(standing, known.standing)) return recipients;',
        replace:
          'if (isDeepStrictEqual({ ...standing, dncKinds: [], dncIsStale: false }, { ...known.standing, dncKinds: [], dncIsStale: false })) return recipients;',
      },
    ],
  },
  {
    name: 'takes a do-not-call file that broke off for whole',
    edits: [
      {
        file: 'src/compliance/upload-dnc.ts',
        find: 'interruption = error;\n      throw error;',
        replace: 'interruption = error;',
      },
    ],
  },
  {
    name: 'takes whoever comes onto a do-not-call list off it',
    edits: [
      {
        file: 'src/compliance/upload-dnc.ts',
        find: 'if (change < REMOVED_BIT) bits.add(change);',
        replace: 'if (change < REMOVED_BIT) bits.remove(change);',
      },
    ],
  },
];
