import { unreachable } from '../platform/result.ts';
import type { AuditContent } from './audit-chain.ts';
import type { AuditBreak, AuditVerdict } from './verify-audit.ts';

const entryWords = ({ id, at, actor, action, subject }: AuditContent): string =>
  `"${action}" about ${subject} by ${actor} at ${at} (${id})`;

/** What is wrong, naming the entry. */
export function breakSentence(broken: AuditBreak): string {
  switch (broken.kind) {
    case 'seal_missing':
      return `Entry ${broken.seq} is missing with its seal: it was removed, or the order was changed.`;
    case 'entry_missing':
      return `Entry ${broken.seq} (${broken.entryId}) is missing: its seal is there, the entry was removed.`;
    case 'entry_changed':
      return `Entry ${broken.seq} was changed after it was sealed, or another one was put in its place. It now reads: ${entryWords(broken.entry)}.`;
    case 'out_of_place':
      return `Entry ${broken.seq} does not follow the one before: an entry before it was removed, inserted or sealed anew, or its own seal was changed. It is ${entryWords(broken.entry)}.`;
    case 'not_as_noted':
      return broken.hash === null
        ? `The chain ends before entry ${broken.seq}, which was noted: its end was cut off.`
        : `Entry ${broken.seq} has the hash ${broken.hash}, which is not the one that was noted: the chain was made anew.`;
    case 'never_sealed':
      return `${broken.count === 1 ? 'One entry was' : `${broken.count} entries were`} put in without waiting for a seal, the first: ${entryWords(broken.entry)}.`;
    default:
      return unreachable(broken);
  }
}

/** What is kept of a verification, without what the broken entry says: it may name a person, who may be erased. */
export type NotedVerdict = Pick<AuditVerdict, 'state' | 'checked' | 'head'> & {
  readonly broken: { readonly kind: AuditBreak['kind']; readonly seq: number | null } | null;
};

/** What was found then, without the content of any entry. */
export function notedSentence({ state, checked, broken }: NotedVerdict): string {
  const fit = `${checked} ${checked === 1 ? 'entry fits' : 'entries fit'} the chain`;
  if (broken !== null)
    return broken.seq === null
      ? 'Entries were put in without waiting for a seal.'
      : `Entry ${broken.seq} does not fit the chain.`;
  return state === 'behind' ? `${fit}, and others waited for a seal: no worker sealed.` : `${fit}.`;
}

export function verdictSentence(verdict: AuditVerdict): string {
  const { state, checked, broken, overdue, erased } = verdict;
  if (broken !== null) return breakSentence(broken);
  const whole = `${checked} ${checked === 1 ? 'entry fits' : 'entries fit'} the chain`;
  if (state === 'behind')
    return `${whole}, but ${overdue} written more than a minute ago ${overdue === 1 ? 'has' : 'have'} no seal yet: no worker seals. Start one, or look at its log.`;
  const gone =
    erased === 0 ? '' : `, but for the content of ${erased} about people who were erased, which their erasures name`;
  return `${whole}. Nothing was changed, removed or inserted${gone}.`;
}
