import { readFileSync } from 'node:fs';
import { classifyInbound, type InboundClassification, OURS, type Using } from '../src/compliance/opt-out.ts';
import { EXAMPLES } from '../src/compliance/opt-out-published.fixture.ts';
import { OUR_NET } from '../src/compliance/opt-out-resemblance.ts';

/** The labelled replies of `opt-out-corpus.txt` with the agreed examples, and how the classifier does on them. */

type Outcome = InboundClassification['outcome'];

export interface LabelledReply {
  readonly label: Outcome;
  /** `published`: the agreed examples. `written`: rules were made with it in view. `unseen`: they were not. */
  readonly origin: 'published' | 'written' | 'unseen';
  readonly language: string;
  /** Who wrote it and when: replies of one batch are alike. */
  readonly batch: string;
  /** With what an opt-out asks; `-` where that says nothing. */
  readonly kind: string;
  readonly message: string;
}

const COLUMNS = /^(opt_out|review|none|help|opt_in|opt_in_wish)\|(written|unseen)\|(en|es)\|([a-z_]+|-)\|(.+)$/;

function parseReply(line: string, batch: string): LabelledReply {
  const [, label, origin, language = '', kind = '', message = ''] = COLUMNS.exec(line) ?? [];
  if (label === undefined)
    throw new Error(`opt-out-corpus.txt: expected label|origin|language|kind|message, got ${line}`);
  return {
    label: label as Outcome,
    origin: origin as LabelledReply['origin'],
    batch,
    language,
    kind,
    message: message.replaceAll('\\n', '\n'),
  };
}

const agreed = EXAMPLES.map(([, message, label, tier]): LabelledReply => {
  const { language = 'en', family } = classifyInbound(message);
  const kind = tier === 1 ? 'keyword' : (family ?? '-');
  return { label, origin: 'published', batch: 'published', language, kind, message };
});

export const REPLIES: readonly LabelledReply[] = [
  ...agreed,
  ...parseCorpus(readFileSync(new URL('../src/compliance/opt-out-corpus.txt', import.meta.url), 'utf8')),
];

function parseCorpus(corpus: string): readonly LabelledReply[] {
  const [, ...batches] = corpus.split(/^## /m);
  return batches.flatMap((section) => {
    const [batch = '', ...lines] = section.split('\n');
    return lines.filter((line) => line !== '').map((line) => parseReply(line, batch));
  });
}

/** What must hold: an opt-out that a person is asked about counts as caught. */
export const RECALL_PERCENT_MIN = 99;
export const SUPPRESSED_ORDINARY_PERCENT_MAX = 1;
/** Of all replies, the unseen among them. */
export const FALSE_OPT_INS_MAX = 0;
/** Of writers that nothing was learned from: what a person must look at in vain. */
export const HELD_ORDINARY_PERCENT_MAX = 10;

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
  readonly heldWrongly: readonly LabelledReply[];
  /** Whose sender asked for no texts, and is understood to. */
  readonly falseOptIns: readonly LabelledReply[];
}

export type Judge = (reply: LabelledReply) => Outcome;

export const ours: Judge = ({ message }) => classifyInbound(message).outcome;
/** Under which nobody is asked and nothing is doubted. */
const NO_NET: Using = { ...OURS, net: { ...OUR_NET, askFrom: 2, doubtBelow: 0 } };
/** The rules without the net below them. */
export const rulesAlone: Judge = ({ message }) => classifyInbound(message, {}, NO_NET).outcome;

/** A wish for texts that is taken for a keyword is one too: it would lift an opt-out. */
const isFalseOptIn = ({ reply, outcome }: { readonly reply: LabelledReply; readonly outcome: Outcome }): boolean =>
  (outcome === 'opt_in' || outcome === 'opt_in_wish') && outcome !== reply.label;

export function measureAccuracy(replies: readonly LabelledReply[], judge: Judge = ours): Accuracy {
  const judged = replies.map((reply) => ({ reply, outcome: judge(reply) }));
  const optOuts = judged.filter(({ reply }) => reply.label === 'opt_out');
  const ordinary = judged.filter(({ reply }) => reply.label !== 'opt_out' && reply.label !== 'review');
  const missed = optOuts.filter(({ outcome }) => outcome !== 'opt_out' && outcome !== 'review');
  const suppressed = judged.filter(({ outcome }) => outcome === 'opt_out');
  const wrongly = ordinary.filter(({ outcome }) => outcome === 'opt_out');
  const held = ordinary.filter(({ outcome }) => outcome === 'review');
  return {
    optOuts: optOuts.length,
    caught: optOuts.length - missed.length,
    ordinary: ordinary.length,
    suppressedOrdinary: wrongly.length,
    heldOrdinary: held.length,
    suppressed: suppressed.length,
    suppressedRightly: suppressed.filter(({ reply }) => reply.label === 'opt_out').length,
    missed: missed.map(({ reply }) => reply),
    suppressedWrongly: wrongly.map(({ reply }) => reply),
    heldWrongly: held.map(({ reply }) => reply),
    falseOptIns: judged.filter(isFalseOptIn).map(({ reply }) => reply),
  };
}
