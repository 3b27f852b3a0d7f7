import {
  type Accuracy,
  FALSE_OPT_INS_MAX,
  HELD_ORDINARY_PERCENT_MAX,
  type Judge,
  type LabelledReply,
  measureAccuracy,
  ours,
  RECALL_PERCENT_MIN,
  REPLIES,
  rulesAlone,
  SUPPRESSED_ORDINARY_PERCENT_MAX,
} from '../test/labelled-replies.ts';
import { crossValidation, INDEPENDENT_BATCHES } from '../test/opt-out-cross-validation.ts';
import { report, shown } from './support/measure.ts';

/**
 * `node bench/optout-accuracy.ts [--json]`: how well replies are understood. Opt-outs that a person is asked about count as caught;
 * ordinary messages count against us when their sender would get no more texts. Replies that the rules and weights were made with say
 * little about those to come: the net below the rules is judged by cross-validation over writers, the unseen replies by themselves.
 */
const LIKELIHOODS = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5];

const independent = REPLIES.filter(({ batch }) => INDEPENDENT_BATCHES.includes(batch));
const unseenReplies = REPLIES.filter(({ origin }) => origin === 'unseen');
const judgeFrom = crossValidation(REPLIES, INDEPENDENT_BATCHES);
const all = measureAccuracy(REPLIES);
const crossed = measureAccuracy(independent, judgeFrom());
const unseen = unseenReplies.length === 0 ? undefined : measureAccuracy(unseenReplies);

const recallOf = ({ caught, optOuts }: Accuracy): number => (100 * caught) / optOuts;
const suppressedOf = ({ suppressedOrdinary, ordinary }: Accuracy): number => (100 * suppressedOrdinary) / ordinary;
const heldOf = ({ heldOrdinary, ordinary }: Accuracy): number => (100 * heldOrdinary) / ordinary;
const precisionOf = ({ suppressedRightly, suppressed }: Accuracy): number => (100 * suppressedRightly) / suppressed;
const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);

const HEADING =
  '                         opt-outs    caught    recall   ordinary  suppressed       share      held  precision';

report({
  bench: 'optout-accuracy',
  figures: {
    replies: REPLIES.length,
    recallPercent: recallOf(all),
    precisionPercent: precisionOf(all),
    suppressedOrdinaryPercent: suppressedOf(all),
    falseOptIns: all.falseOptIns.length,
    rulesAloneRecallPercent: recallOf(measureAccuracy(REPLIES, rulesAlone)),
    crossValidatedRecallPercent: recallOf(crossed),
    crossValidatedHeldOrdinaryPercent: heldOf(crossed),
    ...(unseen === undefined
      ? {}
      : {
          unseenReplies: unseenReplies.length,
          unseenRecallPercent: recallOf(unseen),
          unseenPrecisionPercent: precisionOf(unseen),
          unseenSuppressedOrdinaryPercent: suppressedOf(unseen),
          unseenHeldOrdinaryPercent: heldOf(unseen),
        }),
  },
  requirements: [
    { figure: 'recallPercent', atLeast: RECALL_PERCENT_MIN },
    { figure: 'suppressedOrdinaryPercent', atMost: SUPPRESSED_ORDINARY_PERCENT_MAX },
    { figure: 'falseOptIns', atMost: FALSE_OPT_INS_MAX },
    { figure: 'crossValidatedRecallPercent', atLeast: RECALL_PERCENT_MIN },
    { figure: 'crossValidatedHeldOrdinaryPercent', atMost: HELD_ORDINARY_PERCENT_MAX },
    ...(unseen === undefined
      ? []
      : [
          { figure: 'unseenRecallPercent', atLeast: RECALL_PERCENT_MIN } as const,
          { figure: 'unseenSuppressedOrdinaryPercent', atMost: SUPPRESSED_ORDINARY_PERCENT_MAX } as const,
        ]),
  ],
  lines: [
    `${shown(REPLIES.length)} labelled replies, rules and net; the weights have learned from all but the unseen`,
    HEADING,
    ...groupsBy(REPLIES, ({ origin }) => (origin === 'unseen' ? undefined : origin)).map(line),
    ...groupsBy(REPLIES, ({ language }) => language).map(line),
    ...groupsBy(REPLIES, ({ label, kind }) => (label === 'opt_out' ? kind : undefined)).map(line),
    line(['all', all]),
    line(['rules alone', measureAccuracy(REPLIES, rulesAlone)]),
    ...all.missed.map(named('missed')),
    ...all.suppressedWrongly.map(named('suppressed wrongly')),
    ...all.falseOptIns.map(named('taken for a wish for texts')),
    'each independent writer by weights learned from all others (the rules know all of them)',
    HEADING,
    ...groupsBy(independent, ({ batch }) => batch, judgeFrom()).map(line),
    line(['all of them', crossed]),
    line(['rules alone', measureAccuracy(independent, rulesAlone)]),
    ...LIKELIHOODS.map((likelihood) =>
      line([`asked from ${likelihood}`, measureAccuracy(independent, judgeFrom(likelihood))]),
    ),
    ...crossed.missed.map(named('missed by weights of others')),
    ...(unseen === undefined
      ? ['no unseen replies: judge new ones before anything is changed because of them']
      : [
          'unseen replies',
          HEADING,
          line(['rules and net', unseen]),
          line(['rules alone', measureAccuracy(unseenReplies, rulesAlone)]),
          ...unseen.missed.map(named('missed')),
          ...unseen.suppressedWrongly.map(named('suppressed wrongly')),
        ]),
  ],
});

function groupsBy(
  replies: readonly LabelledReply[],
  groupOf: (reply: LabelledReply) => string | undefined,
  judge: Judge = ours,
): readonly (readonly [string, Accuracy])[] {
  return [...Map.groupBy(replies, groupOf)].flatMap(([group, members]) =>
    group === undefined ? [] : [[group, measureAccuracy(members, judge)] as const],
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
