import type { Mutant } from './mutant.ts';

/** Engines that do not hear what people say, agree to, or decide. */
export const PEOPLE_MUTANTS: readonly Mutant[] = [
  {
    name: 'texts whose reply waits to be decided on',
    edits: [
      {
        file: 'src/sending/decide-intents.ts',
        find: 'if (recipient.heldUntil !== null) return',
        replace: 'if (recipient.heldUntil !== null && false) return',
      },
    ],
  },
  {
    name: 'rests a text on a consent that has ended',
    edits: [
      {
        file: 'src/compliance/needs-consent.ts',
        find: 'k.valid_until is null or',
        replace: 'true or',
      },
    ],
  },
  {
    name: 'asks for no consent in the claim',
    edits: [
      {
        file: 'src/sending/claim-store.ts',
        find: 'claimReasonSql(facts, joinedConsentReasonSql(facts,',
        replace: 'claimReasonSql(facts, joinedConsentReasonSql({ ...facts, consent: null },',
      },
    ],
  },
  {
    name: 'forgets the suppression of an erased person',
    edits: [
      {
        file: 'src/evidence/erase-store.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
        find: 'update suppression set phone = ${key},',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
        replace: "update suppression set phone = 'erased:' || encode(sha256(convert_to(${key}, 'UTF8')), 'hex'),",
      },
    ],
  },
  {
    name: 'lets START give back the consent that STOP took',
    edits: [
      {
        file: 'src/compliance/suppress.ts',
        find: '  await takeBackConsent(tx, deps, input);\n  if (!created)',
        replace: '  if (!created)',
      },
    ],
  },
  {
    name: 'lets go whom nobody has decided about in time',
    edits: [
      {
        file: 'src/conversations/settle-review.ts',
        find: "decision: 'opt_out', how: 'deadline', by }",
        replace: "decision: 'not_opt_out', how: 'deadline', by }",
      },
    ],
  },
  {
    name: 'hears a decision that comes too late',
    edits: [
      {
        file: 'src/conversations/settle-review.ts',
        find: "if (decision === 'not_opt_out' && isOverdue(review, deps)) return tooLate(review);",
        replace: '',
      },
    ],
  },
  {
    name: 'hears an opt-out only at the number where it was said',
    edits: [
      {
        file: 'src/compliance/suppress.ts',
        find: 'for (const phone of await otherNumbers(tx, input.phone))',
        replace: 'for (const phone of (await otherNumbers(tx, input.phone)).slice(0, 0))',
      },
    ],
  },
  {
    name: 'holds only the number at which an unclear reply came',
    edits: [
      {
        file: 'src/compliance/held-number.ts',
        find: 'array_append(array(select n.phone from contact_number n where n.contact_id = c.id), c.phone)',
        replace: 'array[c.phone]',
      },
    ],
  },
  {
    name: 'takes an opt-in for given that nobody has confirmed',
    edits: [
      {
        file: 'src/compliance/consent.ts',
        find: 'if (confirmUntil !== null) {',
        replace: 'if (confirmUntil !== null && inForce !== null) {',
      },
    ],
  },
];
