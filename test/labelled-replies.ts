import { readFileSync } from 'node:fs';
import { classifyInbound, type InboundClassification } from '../src/compliance/opt-out.ts';
import { EXAMPLES } from '../src/compliance/opt-out-published.fixture.ts';

/** The labelled replies of `opt-out-corpus.txt` with the agreed examples, and how the classifier does on them. */

type Outcome = InboundClassification['outcome'];

export interface LabelledReply {
  readonly label: Outcome;
  /** `published`: the agreed examples. `written`: rules were made with it in view. `unseen`: they were not. */
  readonly origin: 'published' | 'written' | 'unseen';
  readonly language: string;
  /** With what an opt-out asks; `-` where that says nothing. */
  readonly kind: string;
  readonly message: string;
}

const COLUMNS = /^(opt_out|review|none|help|opt_in)\|(written|unseen)\|(en|es)\|([a-z_]+|-)\|(.+)$/;

function parseReply(line: string): LabelledReply {
  const [, label, origin, language = '', kind = '', message = ''] = COLUMNS.exec(line) ?? [];
  if (label === undefined)
    throw new Error(`opt-out-corpus.txt: expected label|origin|language|kind|message, got ${line}`);
  return {
    label: label as Outcome,
    origin: origin as LabelledReply['origin'],
    language,
    kind,
    message: message.replaceAll('\\n', '\n'),
  };
}

const agreed = EXAMPLES.map(([, message, label, tier]): LabelledReply => {
  const { language = 'en', family } = classifyInbound(message);
  const kind = tier === 1 ? 'keyword' : (family ?? '-');
  return { label, origin: 'published', language, kind, message };
});

export const REPLIES: readonly LabelledReply[] = [
  ...agreed,
  ...readFileSync(new URL('../src/compliance/opt-out-corpus.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseReply),
];

/** What must hold: an opt-out that a person is asked about counts as caught. */
export const RECALL_PERCENT_MIN = 99;
export const SUPPRESSED_ORDINARY_PERCENT_MAX = 1;

export interface Accuracy {
  readonly optOuts: number;
  readonly caught: number;
  readonly ordinary: number;
  /** Ordinary messages whose sender would get no more texts: the harm of a rule that goes too far. */
  readonly suppressedOrdinary: number;
  /** Ordinary messages that a person must look at: its cost. */
  readonly heldOrdinary: number;
  readonly suppressed: number;
  readonly suppressedRightly: number;
  readonly missed: readonly LabelledReply[];
  readonly suppressedWrongly: readonly LabelledReply[];
}

export function measureAccuracy(replies: readonly LabelledReply[]): Accuracy {
  const judged = replies.map((reply) => ({ reply, outcome: classifyInbound(reply.message).outcome }));
  const optOuts = judged.filter(({ reply }) => reply.label === 'opt_out');
  const ordinary = judged.filter(({ reply }) => reply.label !== 'opt_out' && reply.label !== 'review');
  const missed = optOuts.filter(({ outcome }) => outcome !== 'opt_out' && outcome !== 'review');
  const suppressed = judged.filter(({ outcome }) => outcome === 'opt_out');
  const wrongly = ordinary.filter(({ outcome }) => outcome === 'opt_out');
  return {
    optOuts: optOuts.length,
    caught: optOuts.length - missed.length,
    ordinary: ordinary.length,
    suppressedOrdinary: wrongly.length,
    heldOrdinary: ordinary.filter(({ outcome }) => outcome === 'review').length,
    suppressed: suppressed.length,
    suppressedRightly: suppressed.filter(({ reply }) => reply.label === 'opt_out').length,
    missed: missed.map(({ reply }) => reply),
    suppressedWrongly: wrongly.map(({ reply }) => reply),
  };
}
