import { countParts } from '../src/messages/encoding.ts';
import type { TemplateContact } from '../src/messages/template.ts';
import { parseTemplate } from '../src/messages/template-parser.ts';
import { renderTemplate } from '../src/messages/template-render.ts';
import { perSecond, reference, report, shown } from './support/measure.ts';

/**
 * `node bench/render.ts [--json]`: a text with fallbacks and nested conditions, rendered for 1,000 contacts, its parts counted. The
 * references render the same text from their own templates, parsed before the clock started, and the same counter counts theirs.
 */
const PER_SECOND_MIN = 500_000;

const OURS =
  'Hi {first_name|there}, {if company}we know {company} well.{else}good to meet you.{endif} ' +
  '{if city == "Boston"}{if not vip}Our Boston crew{else}Our best crew{endif}{else}Our crew{endif} is near {city|you} this week. Reply STOP to opt out.';
const LIQUID =
  'Hi {{ first_name | default: "there" }}, {% if company %}we know {{ company }} well.{% else %}good to meet you.{% endif %} ' +
  '{% if city == "Boston" %}{% unless vip %}Our Boston crew{% else %}Our best crew{% endunless %}{% else %}Our crew{% endif %} is near {{ city | default: "you" }} this week. Reply STOP to opt out.';
const HANDLEBARS =
  'Hi {{#if first_name}}{{first_name}}{{else}}there{{/if}}, {{#if company}}we know {{company}} well.{{else}}good to meet you.{{/if}} ' +
  '{{#if (is city "Boston")}}{{#unless vip}}Our Boston crew{{else}}Our best crew{{/unless}}{{else}}Our crew{{/if}} is near {{#if city}}{{city}}{{else}}you{{/if}} this week. Reply STOP to opt out.';

interface LiquidPackage {
  readonly Liquid: new () => {
    parse(source: string): object;
    renderSync(template: object, values: object): string;
  };
}
interface HandlebarsPackage {
  readonly default: {
    registerHelper(name: string, helper: (a: unknown, b: unknown) => boolean): void;
    compile(source: string, options: { readonly noEscape: boolean }): (values: object) => string;
  };
}

interface Person {
  readonly first_name: string | null;
  readonly company: string | null;
  readonly city: string | null;
  readonly vip: boolean;
}

const people: readonly Person[] = Array.from({ length: 1_000 }, (_, index) => ({
  first_name: index % 7 === 0 ? null : `Ana ${index}`,
  company: index % 2 === 0 ? null : `Ruiz & Sons ${index}`,
  city: [null, 'Boston', 'Austin'][index % 3] ?? null,
  vip: index % 5 === 0,
}));

const template = parseTemplate(OURS);
if (!template.ok) throw new Error(template.error.message);
const contactOf = ({ first_name, company, city, vip }: Person): TemplateContact => ({
  firstName: first_name,
  company,
  city,
  attributes: { vip },
});
const ours = (contact: TemplateContact): string => {
  const text = renderTemplate(template.value, contact);
  if (!text.ok) throw new Error(`${text.error.field} is missing`);
  return text.value;
};

const { Liquid } = await reference<LiquidPackage>('liquidjs', '10.30.1');
const engine = new Liquid();
const parsed = engine.parse(LIQUID);
const liquid = (person: Person): string => engine.renderSync(parsed, person);

const { default: handlebarsEngine } = await reference<HandlebarsPackage>('handlebars', '4.7.10');
handlebarsEngine.registerHelper('is', (a, b) => a === b);
const handlebars = handlebarsEngine.compile(HANDLEBARS, { noEscape: true });

const contacts = people.map(contactOf);
for (const [index, person] of people.entries()) {
  const texts = new Set([ours(contactOf(person)), liquid(person), handlebars(person)]);
  if (texts.size !== 1) throw new Error(`contact ${index} gets different texts:\n${[...texts].join('\n')}`);
}

const textsPerSecond = perSecond(contacts, (contact) => countParts(ours(contact)));
const liquidPerSecond = perSecond(people, (person) => countParts(liquid(person)));
const handlebarsPerSecond = perSecond(people, (person) => countParts(handlebars(person)));
report({
  bench: 'render',
  figures: { textsPerSecond, liquidPerSecond, handlebarsPerSecond },
  requirements: [{ figure: 'textsPerSecond', atLeast: Math.max(PER_SECOND_MIN, liquidPerSecond, handlebarsPerSecond) }],
  lines: [
    'a text with four merge fields and three conditions, rendered and its parts counted',
    `  ours                   ${shown(textsPerSecond)} texts/s`,
    `  reference: LiquidJS    ${shown(liquidPerSecond)} texts/s`,
    `  reference: Handlebars  ${shown(handlebarsPerSecond)} texts/s`,
  ],
});
