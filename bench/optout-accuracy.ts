import {
  type Accuracy,
  type LabelledReply,
  measureAccuracy,
  RECALL_PERCENT_MIN,
  REPLIES,
  SUPPRESSED_ORDINARY_PERCENT_MAX,
} from '../test/labelled-replies.ts';
import { report, shown } from './support/measure.ts';

/**
 * `node bench/optout-accuracy.ts [--json]`: how well replies are understood. Opt-outs that a person is asked about count as caught;
 * ordinary messages count against us when their sender would get no more texts. Replies that the rules were made with say little
 * about those to come: the unseen ones are judged by themselves.
 */
const all = measureAccuracy(REPLIES);
const unseen = measureAccuracy(REPLIES.filter(({ origin }) => origin === 'unseen'));

const recallOf = ({ caught, optOuts }: Accuracy): number => (100 * caught) / optOuts;
const suppressedOf = ({ suppressedOrdinary, ordinary }: Accuracy): number => (100 * suppressedOrdinary) / ordinary;
const precisionOf = ({ suppressedRightly, suppressed }: Accuracy): number => (100 * suppressedRightly) / suppressed;
const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);

report({
  bench: 'optout-accuracy',
  figures: {
    replies: REPLIES.length,
    recallPercent: recallOf(all),
    precisionPercent: precisionOf(all),
    suppressedOrdinaryPercent: suppressedOf(all),
    unseenReplies: REPLIES.filter(({ origin }) => origin === 'unseen').length,
    unseenRecallPercent: recallOf(unseen),
    unseenPrecisionPercent: precisionOf(unseen),
    unseenSuppressedOrdinaryPercent: suppressedOf(unseen),
  },
  requirements: [
    { figure: 'recallPercent', atLeast: RECALL_PERCENT_MIN },
    { figure: 'suppressedOrdinaryPercent', atMost: SUPPRESSED_ORDINARY_PERCENT_MAX },
    { figure: 'unseenRecallPercent', atLeast: RECALL_PERCENT_MIN },
    { figure: 'unseenSuppressedOrdinaryPercent', atMost: SUPPRESSED_ORDINARY_PERCENT_MAX },
  ],
  lines: [
    `${shown(REPLIES.length)} labelled replies`,
    '                         opt-outs    caught    recall   ordinary  suppressed       share      held  precision',
    ...groupsBy(({ origin }) => origin).map(line),
    ...groupsBy(({ language }) => language).map(line),
    ...groupsBy(({ label, kind }) => (label === 'opt_out' ? kind : undefined)).map(line),
    line(['all', all]),
    ...all.missed.map(named('missed')),
    ...all.suppressedWrongly.map(named('suppressed wrongly')),
  ],
});

function groupsBy(groupOf: (reply: LabelledReply) => string | undefined): readonly (readonly [string, Accuracy])[] {
  const groups = Map.groupBy(REPLIES, groupOf);
  return [...groups].flatMap(([group, replies]) =>
    group === undefined ? [] : [[group, measureAccuracy(replies)] as const],
  );
}

function line([name, accuracy]: readonly [string, Accuracy]): string {
  const { optOuts, caught, ordinary, suppressedOrdinary, heldOrdinary, suppressed, suppressedRightly } = accuracy;
  const columns = [
    shown(optOuts),
    shown(caught),
    percent(caught, optOuts),
    shown(ordinary),
    shown(suppressedOrdinary),
    percent(suppressedOrdinary, ordinary),
    percent(heldOrdinary, ordinary),
    percent(suppressedRightly, suppressed),
  ];
  return `  ${name.padEnd(20)}${columns.map((column) => column.padStart(11)).join('')}`;
}

function named(what: string): (reply: LabelledReply) => string {
  return ({ origin, language, kind, message }) =>
    `  ${what} (${origin}, ${language}, ${kind}): ${JSON.stringify(message)}`;
}
