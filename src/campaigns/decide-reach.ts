import { outgoingText, type TextTerms } from '../messages/outgoing-text.ts';
import { TEXT_LENGTH_MAX } from '../messages/sendable-text.ts';
import type { Template, TemplateContact } from '../messages/template.ts';
import { missingFields, renderTemplate } from '../messages/template-render.ts';

/** How many of the people looked at can get a variant, and why the others cannot. A person may lack several fields. */
export interface VariantReach {
  readonly people: number;
  readonly sendable: number;
  /** People without a field that the text needs, by the field as the template writes it. */
  readonly missing: ReadonlyMap<string, number>;
  readonly tooLong: number;
  readonly empty: number;
  /** Whose fields bring a link of a public shortener into the text. */
  readonly shortened: number;
}

export interface ReachTally {
  /** Looks at one more person; the text that would go out, or undefined. */
  readonly add: (contact: ReachedContact) => string | undefined;
  readonly reach: () => VariantReach;
  /** First texts, to which it is added how to stop. */
  readonly added: () => number;
}

export interface ReachedContact extends TemplateContact {
  /** Nothing has ever gone out to the number. */
  readonly isFirst?: boolean;
}

/** Makes the text as the engine would, for one person after the other. */
export function tallyReach(template: Template, { addition, content }: TextTerms = {}): ReachTally {
  const missing = new Map<string, number>();
  const counts = { people: 0, sendable: 0, tooLong: 0, empty: 0, shortened: 0 };
  let firsts = 0;
  const add = (contact: ReachedContact): string | undefined => {
    counts.people += 1;
    const text = renderTemplate(template, contact);
    if (!text.ok) {
      for (const field of missingFields(template, contact)) missing.set(field, (missing.get(field) ?? 0) + 1);
      return undefined;
    }
    const made = outgoingText(text.value, { addition: contact.isFirst === true ? addition : undefined, content });
    if ('code' in made) {
      counts[causeOf(made.code)] += 1;
      return undefined;
    }
    counts.sendable += 1;
    if (made.added !== null) firsts += 1;
    return made.body;
  };
  return { add, reach: () => ({ ...counts, missing: new Map(missing) }), added: () => firsts };
}

const causeOf = (code: string): 'empty' | 'tooLong' | 'shortened' =>
  code === 'empty_text' ? 'empty' : code === 'text_too_long' ? 'tooLong' : 'shortened';

/** Why nobody of the audience can get the variant, and what helps; `subject` names it. */
export function nobodySentence(subject: string, reach: VariantReach): string {
  const causes = causesOf(reach);
  const all = reach.people === 1 ? 'the only person' : `all ${shown(reach.people)} people`;
  const why = causes.map(({ people, are }) => `${people === reach.people ? all : shown(people)} ${are(people)}`);
  return `${subject} cannot be sent to anybody: ${why.join(', ')}. ${causes.map(({ remedy }) => remedy).join('. ')}`;
}

/**
 * Who cannot get the variant although others can. `subject` is undefined when there is one variant only; `of` is the size of the
 * audience, of which `reach` may be a sample.
 */
export function someCannotSentences(subject: string | undefined, reach: VariantReach, of: number): readonly string[] {
  const scale = of / reach.people;
  const about = scale === 1 ? '' : 'about ';
  return causesOf(reach).map(({ people, are, remedy }) => {
    const some = scale === 1 ? people : Math.max(1, Math.round(people * scale));
    const counted = `${about}${shown(some)} of ${shown(of)} ${of === 1 ? 'person' : 'people'} ${are(some)}`;
    return subject === undefined
      ? `${capital(counted)}: ${some === 1 ? 'this person' : 'they'} will not be texted. ${remedy}`
      : `${subject}: ${counted}: whoever of them gets this variant will not be texted. ${remedy}`;
  });
}

const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

interface Cause {
  readonly people: number;
  /** "have no {city}", behind a number of people. */
  readonly are: (people: number) => string;
  readonly remedy: string;
}

/** The most frequent first. */
function causesOf({ missing, tooLong, empty, shortened }: VariantReach): readonly Cause[] {
  const fields = [...missing].map(
    ([field, people]): Cause => ({
      people,
      are: (some) => `${some === 1 ? 'has' : 'have'} no {${field}}`,
      remedy: `Write a fallback, as in {${field}|there}, or fill in the field`,
    }),
  );
  const texts: readonly Cause[] = [
    {
      people: tooLong,
      are: () => `would get more than the ${shown(TEXT_LENGTH_MAX)} characters that gateways take`,
      remedy: 'Shorten the text, or the fields that make it long',
    },
    { people: empty, are: () => 'would get an empty text', remedy: 'Look at the conditions of the text' },
    {
      people: shortened,
      are: () => 'would get a link of a public shortener out of their fields, which carriers block',
      remedy: 'Put links of your own domain into these fields',
    },
  ];
  return [...fields, ...texts.filter(({ people }) => people > 0)].toSorted((a, b) => b.people - a.people);
}

const shown = (count: number): string => count.toLocaleString('en-US');
