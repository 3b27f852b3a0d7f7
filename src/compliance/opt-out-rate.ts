import { z } from 'zod';
import { dated, readerOf, readRules } from './dated-rules.ts';
import rateData from './rules/opt-out-rate.json' with { type: 'json' };

/** From which share of opt-outs on (the share itself is at the level) providers warn and carriers act, from one day to another. */
const share = z.number().gt(0).lt(1);
const levels = z
  .strictObject({
    ...dated,
    /** Of fewer texts a share says nothing. */
    textsMin: z.int().min(1),
    warning: share,
    flagged: share,
    suspended: share,
  })
  .refine(({ warning, flagged, suspended }) => warning < flagged && flagged < suspended, {
    error: ({ input }) => `warning, flagged and suspended must rise, got ${JSON.stringify(input)}`,
  });
export type OptOutLevels = z.infer<typeof levels>;

export const OPT_OUT_LEVELS = readRules({ name: 'Opt-out rates', file: 'opt-out-rate.json', schema: levels }, rateData);

export const optOutLevelsAt = readerOf(OPT_OUT_LEVELS);

/** What rates are told of. */
export const REPORT_SIDES = ['campaign', 'variant', 'lane', 'state', 'hour', 'day'] as const;
export type ReportSide = (typeof REPORT_SIDES)[number];

export const OPT_OUT_ALARMS = ['few', 'fine', 'warning', 'flagged', 'suspended'] as const;
export type OptOutAlarm = (typeof OPT_OUT_ALARMS)[number];

/** What providers and carriers make of it. */
export function alarmOf(
  { texts, optOuts }: { readonly texts: number; readonly optOuts: number },
  { textsMin, warning, flagged, suspended }: OptOutLevels,
): OptOutAlarm {
  if (texts < textsMin) return 'few';
  const rate = optOuts / texts;
  if (rate >= suspended) return 'suspended';
  if (rate >= flagged) return 'flagged';
  return rate >= warning ? 'warning' : 'fine';
}

/** As they come, but those at a level in front, the highest first: what is left out of a short table must be harmless. */
export function mostAlarming<Rate extends Parameters<typeof alarmOf>[0]>(
  rates: readonly Rate[],
  { levels: inForce, shownMax }: { readonly levels: OptOutLevels; readonly shownMax: number },
): readonly Rate[] {
  const rankOf = (rate: Rate): number => LOUD.indexOf(alarmOf(rate, inForce));
  return rates.toSorted((a, b) => rankOf(b) - rankOf(a)).slice(0, shownMax);
}

const LOUD: readonly OptOutAlarm[] = ['warning', 'flagged', 'suspended'];
