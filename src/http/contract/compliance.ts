import { z } from '@hono/zod-openapi';
import { OPT_OUT_WAYS } from '../../compliance/note-opt-out.ts';
import { OPT_OUT_ALARMS, REPORT_SIDES } from '../../compliance/opt-out-rate.ts';
import { dncListSchema } from './dnc-lists.ts';
import { idOf, isoInstant, jsonRoute } from './shared.ts';

/** How the law is kept: rates of opt-outs, consents, lists, what was held back. */
const tag = 'Compliance';

const alarm = z.enum(OPT_OUT_ALARMS).openapi({
  description: 'few: too few texts to say; warning, flagged, suspended: at or above the level of that name',
});
const levels = z.object({
  version: z.string(),
  textsMin: z.int(),
  warning: z.number(),
  flagged: z.number(),
  suspended: z.number(),
  source: z.string(),
});
const rate = z.object({
  key: z.string().openapi({ description: 'Id, place, day or hour of the day in the zone of the business' }),
  name: z.string().nullable(),
  campaignId: idOf('campaign').nullable().openapi({ description: 'Of a campaign or a variant' }),
  texts: z.int().openapi({ description: 'Campaign texts that the gateway took' }),
  optOuts: z.int().openapi({ description: 'Opt-outs that followed one of these texts within 7 days' }),
  alarm,
});
export const optOutRateSchema = rate.openapi('OptOutRate');
export type OptOutRate = z.infer<typeof optOutRateSchema>;

const times = {
  p50Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
};
const byWay = z.array(
  z.object({
    how: z.enum(OPT_OUT_WAYS),
    count: z.int(),
    withoutText: z.int().openapi({ description: 'Those that followed no campaign text' }),
    ...times,
  }),
);
const reasons = z.array(z.object({ reason: z.string(), sentence: z.string(), count: z.int() }));

export const complianceStatusSchema = z
  .object({
    asOf: isoInstant,
    from: isoInstant,
    days: z.int(),
    zone: z.string(),
    levels,
    optOuts: z.object({
      total: z.object({ texts: z.int(), optOuts: z.int(), alarm }),
      byDay: z.array(optOutRateSchema),
      byCampaign: z
        .array(optOutRateSchema)
        .openapi({ description: 'As the others at most ten, what is at a level in front' }),
      byVariant: z.array(optOutRateSchema),
      byLane: z.array(optOutRateSchema),
      byWay: byWay.openapi({ description: 'From when an opt-out reached us until nothing could go out any more' }),
    }),
    confirmations: z.object({ sent: z.int(), notSent: z.int(), ...times, p99HeardMs: times.p99Ms }).openapi({
      description:
        'From when an opt-out reached us, or a person decided that it was one, until the gateway took its confirmation; p99HeardMs: from its receipt, also then. How many of the newest 10,000, how long of the newest 2,000',
    }),
    people: z.object({
      countedAt: isoInstant,
      contacts: z.int(),
      textable: z.int().openapi({ description: 'Whom a marketing campaign would text now' }),
      excluded: reasons,
      writtenConsent: z.int(),
      expressConsent: z.int(),
      takenBack: z.int(),
    }),
    blocked: reasons.openapi({ description: 'Left out of campaigns of these days, by the rule' }),
    heldNumbers: z.int(),
    unheardOptOuts: z.int().openapi({ description: 'Refused by a provider though nothing here forbade it' }),
    dncLists: z.array(dncListSchema),
    audit: z.object({
      sealed: z.int(),
      sealedAt: isoInstant.nullable(),
      waiting: z.int(),
      overdue: z.int(),
      verified: z
        .object({
          at: isoInstant,
          by: z.string().openapi({ description: 'As `actor` of an entry of the audit log' }),
          byName: z.string().nullable(),
          state: z.enum(['whole', 'behind', 'broken']),
          sentence: z.string(),
          checked: z.int(),
        })
        .nullable()
        .openapi({ description: 'The last time that somebody verified the log; null: nobody ever did' }),
    }),
    rules: z.array(
      z.object({
        name: z.string(),
        version: z.string(),
        digest: z
          .string()
          .nullable()
          .openapi({ description: 'SHA-256 of what the version says; null: it tells by itself' }),
        source: z.string().nullable(),
      }),
    ),
  })
  .openapi('ComplianceStatus');
export type ComplianceStatus = z.infer<typeof complianceStatusSchema>;

export const complianceStatus = jsonRoute({
  method: 'get',
  path: '/v1/compliance/status',
  access: 'viewer',
  tag,
  summary: 'The last 30 days: opt-outs against the levels of the carriers, consents, lists, what was held back',
  response: complianceStatusSchema,
});

const DAYS_MAX = 366;
export const reportQuery = z.object({
  days: z.coerce.number().int().min(1).max(DAYS_MAX).default(30),
  campaignId: idOf('campaign').optional(),
  laneId: idOf('lane').optional(),
  state: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
});

export const optOutReportSchema = z
  .object({
    from: isoInstant,
    zone: z.string(),
    by: z.enum(REPORT_SIDES),
    levels,
    total: z.object({ texts: z.int(), optOuts: z.int(), alarm }),
    rates: z.array(optOutRateSchema),
    byWay,
  })
  .openapi('OptOutReport');
export type OptOutReport = z.infer<typeof optOutReportSchema>;

export const optOutReport = jsonRoute({
  method: 'get',
  path: '/v1/opt-out-report',
  access: 'viewer',
  tag,
  summary: 'Opt-outs for each text of some days, by campaign, variant, number, state, hour or day; how they came',
  query: reportQuery.extend({ by: z.enum(REPORT_SIDES).default('campaign') }),
  response: optOutReportSchema,
});
