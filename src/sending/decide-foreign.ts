import type { GatewayMessage } from '../gateways/gateway.ts';
import type { Template, TemplateNode } from '../messages/template.ts';
import { comparable, sameWords } from './settle.ts';

/**
 * Which of the texts that a gateway sent were handed over by somebody else in our words: by a second copy of this database, or by
 * the one that this one was restored from. What people type in the provider's own app is none of them.
 */
export interface OwnWords {
  /** Of campaigns that may still send, and of drafts. */
  readonly templates: readonly Template[];
  /** Texts of ours that are on their way or whose outcome is not known: what explains a text that we cannot name yet. */
  readonly unsettled: readonly { readonly phone: string; readonly body: string }[];
  /** Replies and confirmations that still wait here. */
  readonly waiting: readonly { readonly phone: string; readonly body: string }[];
  /** What a template may say to this number as we know its person; nothing for nobody we know. */
  readonly said: SaidTo;
}

export type SaidTo = (template: Template, phone: string) => readonly string[];

/** `texts`: outbound ones whose gateway id we do not know. */
export function foreignTexts(texts: readonly GatewayMessage[], words: OwnWords): readonly GatewayMessage[] {
  const explained = [...words.unsettled];
  return texts.filter((text) => {
    const at = explained.findIndex(({ phone, body }) => text.to.includes(phone) && sameWords(text.text, body));
    if (at >= 0) {
      explained.splice(at, 1);
      return false;
    }
    return (
      words.waiting.some(({ phone, body }) => text.to.includes(phone) && sameWords(text.text, body)) ||
      words.templates.some((template) => isOfTemplate(template, text, words.said))
    );
  });
}

/** Fewer letters than that say nothing by themselves: "Hi" is everybody's word. */
const LETTERS_MIN = 12;

/** Too short for its words to tell; only the whole text of a person that we know does. */
export const isShort = (template: Template): boolean =>
  template.nodes.flatMap(alwaysWritten).reduce((sum, piece) => sum + piece.length, 0) < LETTERS_MIN;

/** Whether this text is what the template says, to whomever; a short one, to this person. */
export function isOfTemplate(template: Template, text: Pick<GatewayMessage, 'to' | 'text'>, said: SaidTo): boolean {
  if (!isShort(template)) return hasWordsOf(template, text.text);
  return text.to.some((phone) => said(template, phone).some((words) => sameWords(words, text.text)));
}

/**
 * Whether the text has, in their order, all the words that the template writes for everybody. Contacts change and merge fields with
 * them; these words stay.
 */
function hasWordsOf(template: Template, text: string): boolean {
  const pieces = template.nodes.flatMap(alwaysWritten);
  const written = comparable(text);
  let from = 0;
  for (const piece of pieces) {
    const at = written.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}

function alwaysWritten(node: TemplateNode): readonly string[] {
  const piece = node.kind === 'text' ? comparable(node.text) : '';
  return piece === '' ? [] : [piece];
}
