import { z } from 'zod';
import type { Instant } from '../platform/time.ts';
import rateData from './rules/opt-out-rate.json' with { type: 'json' };

/** From which share of opt-outs on providers warn and carriers act, from one day to another. */
const share = z.number().gt(0).lt(1);
const levels = z
  .strictObject({
    version: z.string().min(1),
    validFrom: z.iso.date(),
    validTo: z.iso.date().nullable(),
    /** Of fewer texts a share says nothing. */
    textsMin: z.int().min(1),
    warning: share,
    flagged: share,
    suspended: share,
    source: z.string().min(1),
  })
  .refine(({ warning, flagged, suspended }) => warning < flagged && flagged < suspended, {
    error: 'opt-out rates: warning, flagged and suspended must rise; mend compliance/rules/opt-out-rate.json',
  });
export type OptOutLevels = z.infer<typeof levels>;

const { versions: OPT_OUT_LEVELS } = z.strictObject({ versions: z.array(levels).min(1) }).parse(rateData);

/** Those in force at an instant; the oldest for anything before them. */
export function optOutLevelsAt(at: Instant, versions: readonly OptOutLevels[] = OPT_OUT_LEVELS): OptOutLevels {
  const today = at.toString().slice(0, 10);
  const found = versions.findLast(({ validFrom }) => validFrom <= today) ?? versions[0];
  if (found === undefined) throw new Error('opt-out rates: there are none; mend compliance/rules/opt-out-rate.json');
  return found;
}

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
