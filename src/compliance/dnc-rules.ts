import { z } from 'zod';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';
import { dated, readerOf, readRules } from './dated-rules.ts';
import doNotCallData from './rules/do-not-call.json' with { type: 'json' };

/** What the law says of do-not-call lists from one day to another. */
const rules = z.strictObject({
  ...dated,
  /** The list of the nation or of a state may not be older when somebody is texted who relies on it. */
  maxAgeDays: z.int().min(1),
  warnAgeDays: z.int().min(1),
  /** An established business relationship lasts so long after a purchase, or after an inquiry. */
  purchaseMonths: z.int().min(1),
  inquiryMonths: z.int().min(1),
});
export type DncRules = z.infer<typeof rules>;

export const DNC_RULES = readRules(
  { name: 'Do-not-call rules', file: 'do-not-call.json', schema: rules },
  doNotCallData,
);

export const dncRulesAt = readerOf(DNC_RULES);

/** When the data of a registry's list become too old. */
export const staleFrom = (asOf: Instant, now: Instant, versions = DNC_RULES.versions): Instant =>
  addMs(asOf, dncRulesAt(now, versions).maxAgeDays * DAY_MS);

/** A list of the nation or of a state whose data are from before this is too old. */
export const staleBefore = (now: Instant, versions = DNC_RULES.versions): Instant =>
  addMs(now, -dncRulesAt(now, versions).maxAgeDays * DAY_MS);

export type DncAge = 'current' | 'ageing' | 'stale' | 'missing';

/** How old the data of a list are; only those of registries can be too old. */
export function dncAge(
  list: { readonly kind: DncKind; readonly asOf: Instant | null },
  now: Instant,
  versions = DNC_RULES.versions,
): DncAge {
  if (list.asOf === null) return 'missing';
  if (!REGISTRY_KINDS.includes(list.kind)) return 'current';
  const { maxAgeDays, warnAgeDays } = dncRulesAt(now, versions);
  const days = (now.epochMilliseconds - list.asOf.epochMilliseconds) / DAY_MS;
  if (days > maxAgeDays) return 'stale';
  return days >= warnAgeDays ? 'ageing' : 'current';
}

export const DNC_KINDS = ['internal', 'national', 'state', 'litigator', 'custom'] as const;
export type DncKind = (typeof DNC_KINDS)[number];
/** Who has agreed in writing, or does business with us, may be texted though they are on these. */
export const REGISTRY_KINDS: readonly DncKind[] = ['national', 'state'];
/** Nobody may be texted who is on these. */
export const OWN_KINDS: readonly DncKind[] = ['internal', 'litigator', 'custom'];

export const EXEMPTION_KINDS = ['purchase', 'inquiry', 'other'] as const;
export type ExemptionKind = (typeof EXEMPTION_KINDS)[number];

/** When an established business relationship ends that began with a purchase or an inquiry then. */
export function relationshipEnd(kind: 'purchase' | 'inquiry', since: Instant, versions = DNC_RULES.versions): Instant {
  const { purchaseMonths, inquiryMonths } = dncRulesAt(since, versions);
  const months = kind === 'purchase' ? purchaseMonths : inquiryMonths;
  return since.toZonedDateTimeISO('UTC').add({ months }).toInstant();
}
