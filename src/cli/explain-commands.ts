/** `textwright explain`: the pure rules for people and scripts. Each rule is loaded when it is asked; nothing else is. */
import type { Command } from 'commander';
import { err, ok, type Result } from '../platform/result.ts';
import { answerLines } from './answer-lines.ts';
import { defineConsent } from './explain-consent.ts';
import type { EligibilityOptions } from './explain-eligibility.ts';
import { defineQuietHours } from './explain-quiet-hours.ts';
import { isJsonObject, type JsonObject, parseJsonLine } from './json-lines.ts';
import { withExamples } from './options.ts';
import { CliError, type Shell, UsageError } from './shell.ts';
import { count } from './words.ts';

/** One rule that can be asked. */
interface Rule<Answer extends object> {
  /** The answer to one input, or what is wrong with the input. */
  readonly ask: (input: JsonObject) => Result<Answer, string>;
  /** For people. */
  readonly words: (answer: Answer) => string;
}

export function define(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright explain opt-out "Pls take me off your list"', 'would this reply end the texts?'],
    ['textwright explain parts "See you at 5 🙂"', 'what would this text cost?'],
    ['textwright explain template "Hi {first_name|there}!"', 'what would be sent?'],
    ['textwright explain quiet-hours --state FL', 'may somebody in Florida be texted now?'],
    ['textwright explain eligibility --campaign "Spring" --contact +16175550123', 'why was this person not texted?'],
    ['textwright explain consent +16175550123', 'what has this person permitted?'],
  ]).description('Ask the rules that the product itself uses; only consent and eligibility need the database');
  defineOptOut(command.command('opt-out'), shell);
  defineParts(command.command('parts'), shell);
  defineTemplate(command.command('template'), shell);
  defineQuietHours(command.command('quiet-hours'), shell);
  defineConsent(command.command('consent'), shell);
  defineEligibility(command.command('eligibility'), shell);
}

interface AskOptions {
  readonly stdin?: true;
  readonly json?: true;
}

function defineOptOut(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright explain opt-out "STOP"', 'one text'],
    [
      'textwright explain opt-out --stdin < replies.jsonl',
      'many: {"text": "...", "context"?: {"recentOutbound": ["..."]}} on each line',
    ],
  ])
    .description('How a reply is understood: opt_out, opt_in, opt_in_wish, help, review or none')
    .argument('[text]', 'what the person wrote')
    .option('--stdin', 'read JSON lines from standard input, write one JSON line for each')
    .option('--json', 'print {"text","outcome","tier","action","matched","family","language","why",...}')
    .action(async (text: string | undefined, options: AskOptions) => {
      const { explainOptOut, optOutWords } = await import('./explain-opt-out.ts');
      await answer(shell, options, text === undefined ? undefined : { text }, {
        ask: explainOptOut,
        words: optOutWords,
      });
    });
}

function defineParts(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright explain parts "Hello"', 'one text'],
    ['textwright explain parts --stdin < texts.jsonl', 'many: {"text": "..."} on each line'],
  ])
    .description('How a text travels: its alphabet, its units and its message parts')
    .argument('[text]', 'the final text')
    .option('--stdin', 'read JSON lines from standard input, write one JSON line for each')
    .option('--json', 'print {"encoding","units","parts"}')
    .action(async (text: string | undefined, options: AskOptions) => {
      const { countParts } = await import('../messages/encoding.ts');
      await answer(shell, options, text === undefined ? undefined : { text }, {
        ask: (input) => {
          if (typeof input['text'] !== 'string') return missing('text');
          const { encoding, units, parts } = countParts(input['text']);
          return ok({ encoding, units, parts });
        },
        words: ({ encoding, units, parts }) => `${encoding}, ${count(units, 'unit')}, ${count(parts, 'part')}`,
      });
    });
}

function defineEligibility(command: Command, shell: Shell): void {
  withExamples(command, [
    ['textwright explain eligibility --campaign "Spring" --contact "(617) 555-0123"', 'for reading'],
    ['textwright explain eligibility --campaign cmp_... --contact con_... --json', 'every rule with what it looked at'],
    [
      'textwright explain eligibility --stdin < people.jsonl',
      'many: {"campaign", "contact"} on each line; with --campaign, only {"contact"}',
    ],
  ])
    .description('Why a contact was or was not texted by a campaign, or would be by a draft; and what would change it')
    .option('--campaign <campaign>', 'id, or name when only one campaign is called that')
    .option('--contact <contact>', 'number or id')
    .option('--stdin', 'read JSON lines from standard input, write one JSON line for each')
    .option('--json', 'print the explanation as one JSON object')
    .action(async (options: EligibilityOptions) =>
      (await import('./explain-eligibility.ts')).explainEligibilityCommand(options, shell),
    );
}

type TemplateAnswer =
  | { readonly text: string; readonly parts: number }
  | { readonly error: { readonly message: string; readonly position: number } };

function defineTemplate(command: Command, shell: Shell): void {
  withExamples(command, [
    [`textwright explain template "Hi {first_name|there}!" --contact '{"firstName":"Ann"}'`, 'one template'],
    ['textwright explain template --stdin < cases.jsonl', 'many: {"template","contact"} on each line'],
  ])
    .description('The text that a contact would get, or what is wrong with the template and where')
    .argument('[template]', 'the template')
    .option('--contact <json>', 'the contact as a JSON object; without one, nothing is known of them')
    .option('--stdin', 'read JSON lines from standard input, write one JSON line for each')
    .option('--json', 'print {"text","parts"} or {"error":{"message","position"}}')
    .action(async (template: string | undefined, options: AskOptions & { readonly contact?: string }) => {
      if (options.contact !== undefined && options.stdin)
        throw new UsageError('--contact: with --stdin, each line has its own');
      const contact = parseJsonLine(options.contact ?? '{}');
      if (!contact.ok) throw new UsageError(`--contact: ${contact.error}`);
      await answer(
        shell,
        options,
        template === undefined ? undefined : { template, contact: contact.value },
        await templateRule(),
      );
    });
}

async function templateRule(): Promise<Rule<TemplateAnswer>> {
  const { parseTemplate } = await import('../messages/template-parser.ts');
  const { renderTemplate } = await import('../messages/template-render.ts');
  const { countParts } = await import('../messages/encoding.ts');
  return {
    ask({ template, contact = {} }) {
      if (typeof template !== 'string') return missing('template');
      if (!isJsonObject(contact)) return err('"contact" is not an object: expected {"contact": {"firstName": "..."}}');
      const parsed = parseTemplate(template);
      const text = parsed.ok ? renderTemplate(parsed.value, contactOf(contact)) : parsed;
      if (text.ok) return ok({ text: text.value, parts: countParts(text.value).parts });
      const { message, position } = text.error;
      return ok({ error: { message, position } });
    },
    words: (answer) => ('text' in answer ? answer.text : answer.error.message),
  };
}

type Value = string | number | boolean | null;

/** What a template can read of a contact: its plain values, and those of `attributes`. Tags and the like are passed over. */
function contactOf({
  attributes,
  ...fields
}: JsonObject): Readonly<Record<string, Value | Readonly<Record<string, Value>>>> {
  return { ...plainValues(fields), ...(isJsonObject(attributes) ? { attributes: plainValues(attributes) } : {}) };
}

const plainValues = (values: JsonObject): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Value] => isValue(entry[1])));

const isValue = (value: unknown): value is Value =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const missing = (field: string): Result<never, string> =>
  err(`"${field}" is missing or no text: expected {"${field}": "..."}`);

async function answer<Answer extends object>(
  shell: Shell,
  options: AskOptions,
  input: JsonObject | undefined,
  rule: Rule<Answer>,
): Promise<void> {
  if (input !== undefined && options.stdin)
    throw new UsageError('--stdin: the input comes from standard input, leave the argument out');
  if (options.stdin) return answerLines(shell, (inputs) => inputs.map(rule.ask));
  if (input === undefined)
    throw new UsageError('nothing to explain: give it as an argument, or JSON lines with --stdin');
  const answered = rule.ask(input);
  if (!answered.ok) throw new UsageError(answered.error);
  if (options.json) await shell.out.json(answered.value);
  else if (!('error' in answered.value)) await shell.out.lines(rule.words(answered.value));
  if ('error' in answered.value) throw new CliError(rule.words(answered.value));
}
