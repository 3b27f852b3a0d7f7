import { NUMBER_PART, type WebhookPart, type WebhookRegistration, type WebhookTopic } from './webhook-registration.ts';

/**
 * What is wrong with how the events of an account are asked for, and the step that mends each. What is not ours is left alone: other
 * programs have registrations of their own in the same account, or numbers of their own where each number has one address.
 */
export interface WebhookFinding {
  readonly kind: 'missing' | 'elsewhere' | 'disabled' | 'incomplete' | 'unknown_key' | 'duplicate';
  /** For people: what is so, and what it means. */
  readonly sentence: string;
  /** What the repair does, in the words of a button's explanation. */
  readonly remedy: string;
  readonly step: WebhookStep;
}

export type WebhookStep =
  /** `optional`: a refusal is an answer. */
  | { readonly do: 'create'; readonly part: string; readonly optional: boolean }
  | { readonly do: 'update'; readonly registration: WebhookRegistration }
  | { readonly do: 'rotate'; readonly registration: WebhookRegistration }
  /** Its key is in the list: it is only to be known here. */
  | { readonly do: 'adopt'; readonly registration: WebhookRegistration; readonly secret: string }
  | { readonly do: 'remove'; readonly registration: WebhookRegistration };

export interface WebhookSituation {
  readonly listed: readonly WebhookRegistration[];
  readonly parts: readonly WebhookPart[];
  /** Where the events of the account are to go. */
  readonly url: string;
  /** What our registrations are called, as far as it is known here. */
  readonly knownRefs: ReadonlySet<string>;
  /** What the numbers that are lanes here are called. */
  readonly laneRefs: ReadonlySet<string>;
  /** Whether the events of this registration would be taken for genuine; `in_doubt`: its key may have been changed. */
  readonly hasKey: (registration: WebhookRegistration) => boolean | 'in_doubt';
}

export interface WebhookState {
  readonly findings: readonly WebhookFinding[];
  /** Those that work, one for each thing that there is to tell. */
  readonly working: readonly WebhookRegistration[];
}

export function decideWebhooks(situation: WebhookSituation): WebhookState {
  const { listed, parts } = situation;
  const ours = listed.filter((registration) => isOurs(registration, situation));
  const found = ours.map((registration) => ({ registration, problem: problemOf(registration, situation) }));
  const sound = found.flatMap(({ registration, problem }) => (problem === undefined ? [registration] : []));
  const covered = new Set<WebhookTopic>();
  // One that tells all makes those superfluous that tell a part of it.
  const working = sound
    .toSorted((a, b) => b.topics.length - a.topics.length)
    .filter((registration) => takes(covered, registration));
  const findings: WebhookFinding[] = sound
    .filter((registration) => !working.includes(registration))
    .map((registration) => duplicateOf(registration));
  for (const { registration, problem } of found)
    if (problem !== undefined)
      // What the others tell already need not be told twice once it is mended.
      findings.push(takes(covered, registration) ? problem : { ...problem, ...removal(registration) });
  for (const part of parts) if (part.topics.some((topic) => !covered.has(topic))) findings.push(missing(part));
  return { findings, working };
}

function isOurs(
  registration: WebhookRegistration,
  { url, knownRefs, laneRefs }: Pick<WebhookSituation, 'url' | 'knownRefs' | 'laneRefs'>,
): boolean {
  if (registration.laneRef !== undefined) return laneRefs.has(registration.laneRef);
  // The path names the account: an address of this server under another name, or of the server that it was before.
  return knownRefs.has(registration.ref) || pathOf(registration.url) === pathOf(url);
}

const pathOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).pathname : undefined);

/** Marks its topics as told; false when all of them were told before. Each number tells of itself. */
function takes(covered: Set<WebhookTopic>, { part, topics }: WebhookRegistration): boolean {
  if (part === NUMBER_PART) return true;
  const adds = topics.some((topic) => !covered.has(topic));
  for (const topic of topics) covered.add(topic);
  return adds;
}

function problemOf(registration: WebhookRegistration, { url, hasKey }: WebhookSituation): WebhookFinding | undefined {
  const { name, enabled, lacks, narrowed, secret } = registration;
  const which = `${name} (${topicWords(registration.topics)})`;
  const update = { do: 'update', registration } as const;
  if (registration.url === '')
    return finding('missing', `For ${which} no address is set: its events never arrive.`, 'Sets the address', update);
  if (registration.url !== url)
    return finding(
      'elsewhere',
      `${which} posts to ${registration.url} and not to ${url}: its events do not arrive here.`,
      'Points it here',
      update,
    );
  if (!enabled)
    return finding('disabled', `${which} is switched off: its events do not arrive.`, 'Switches it on', update);
  if (lacks.length > 0 || narrowed)
    return finding(
      'incomplete',
      `${which} leaves out ${lacks.length > 0 ? topicWords(lacks) : 'some of the numbers'}: those events never arrive.`,
      'Asks for all of them',
      update,
    );
  const has = hasKey(registration);
  if (has === true) return undefined;
  return finding(
    'unknown_key',
    has === 'in_doubt'
      ? `A change of the key of ${which} was begun, and how it ended is not known: its events may be signed with a key that is not known here, and refused.`
      : `${which} signs with a key that is not known here: its events arrive and are refused.`,
    secret === undefined ? 'Makes a new key and keeps it' : 'Keeps the key that the gateway tells',
    secret === undefined ? { do: 'rotate', registration } : { do: 'adopt', registration, secret },
  );
}

const finding = (
  kind: WebhookFinding['kind'],
  sentence: string,
  remedy: string,
  step: WebhookStep,
): WebhookFinding => ({ kind, sentence, remedy, step });

const removal = (registration: WebhookRegistration) =>
  ({ remedy: 'Removes it, as another one tells the same', step: { do: 'remove', registration } }) as const;

const duplicateOf = (registration: WebhookRegistration): WebhookFinding => ({
  kind: 'duplicate',
  sentence: `${registration.name} (${topicWords(registration.topics)}) tells what another one tells, too: each event arrives twice, which does no harm but costs time.`,
  ...removal(registration),
});

const missing = ({ part, topics, optional }: WebhookPart): WebhookFinding =>
  finding('missing', `The gateway has no webhook of ours for ${topicWords(topics)}: those never arrive.`, 'Makes one', {
    do: 'create',
    part,
    optional: optional === true,
  });

const WORDS: Readonly<Record<WebhookTopic, string>> = {
  texts: 'texts',
  receipts: 'delivery receipts',
  failures: 'failed texts',
  calls: 'calls',
  recordings: 'recordings',
  voicemails: 'voicemail',
  summaries: 'call summaries',
  transcripts: 'call transcripts',
  contacts: 'contacts',
};

/** "texts, calls and recordings". */
export function topicWords(topics: readonly WebhookTopic[]): string {
  const words = topics.map((topic) => WORDS[topic]);
  const last = words.pop() ?? 'nothing';
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`;
}
