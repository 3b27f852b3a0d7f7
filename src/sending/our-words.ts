import { getBusiness } from '../business/business-store.ts';
import { withWording } from '../compliance/opt-out-wording.ts';
import { getOptOutWording } from '../compliance/opt-out-wording-store.ts';
import type { Template } from '../messages/template.ts';
import { parseTemplate } from '../messages/template-parser.ts';
import type { Db, Tx } from '../platform/database.ts';
import { isOfTemplate, isShort, type SaidTo } from './decide-foreign.ts';
import { makeText } from './decide-intents.ts';
import { readPeopleByPhone, readSendableBodies } from './guard-store.ts';

/** Those of campaigns that may still send, drafts among them. */
export const readOurTemplates = async (db: Db): Promise<readonly Template[]> => parsed(await readSendableBodies(db));

const parsed = (bodies: readonly string[]): readonly Template[] =>
  bodies.flatMap((body) => {
    const template = parseTemplate(body);
    return template.ok ? [template.value] : [];
  });

/** What the short ones of these templates say to these numbers; the others are known by their words, whoever they are for. */
export async function saidTo(db: Db | Tx, templates: readonly Template[], phones: readonly string[]): Promise<SaidTo> {
  if (phones.length === 0 || !templates.some(isShort)) return () => [];
  const { name } = await getBusiness(db);
  const { wording } = await getOptOutWording(db);
  const people = new Map((await readPeopleByPhone(db, phones)).map((person) => [person.phone, person]));
  return (template, phone) => {
    const person = people.get(phone);
    const text =
      person === undefined ? undefined : makeText(template, person, { businessName: name, optOutLink: null });
    // It may have been the first one to the person.
    return text !== undefined && 'body' in text ? [text.body, withWording(text.body, wording)] : [];
  };
}

/** The first of these whose text this is. */
export async function findByWords<Open extends { readonly body: string }>(
  db: Db | Tx,
  waiting: readonly Open[],
  text: { readonly to: readonly string[]; readonly text: string },
): Promise<Open | undefined> {
  const said = await saidTo(db, parsed(waiting.map(({ body }) => body)), text.to);
  return waiting.find(({ body }) => parsed([body]).some((template) => isOfTemplate(template, text, said)));
}
