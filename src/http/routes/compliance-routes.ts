import { getBusiness } from '../../business/business-store.ts';
import { exportOptOuts } from '../../compliance/export-opt-outs.ts';
import type { LastVerification } from '../../compliance/note-verification.ts';
import { alarmOf, type OptOutLevels, optOutLevelsAt, type ReportSide } from '../../compliance/opt-out-rate.ts';
import {
  type OptOutFilter,
  type OptOutRate,
  readOptOutRates,
  readOptOutsByWay,
} from '../../compliance/report-opt-outs.ts';
import { sentenceFor } from '../../messages/outcome-sentences.ts';
import { type Compliance, readCompliance } from '../../operations/read-compliance.ts';
import { dayIn, daysUpTo, startOfDay } from '../../platform/calendar.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database.ts';
import { type IdKind, showId } from '../../platform/ids.ts';
import { ok } from '../../platform/result.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/compliance.ts';
import { csvAnswer } from '../csv-answer.ts';
import { isoText, isoTextOrNull, rawRoute } from '../route-types.ts';
import { showDncList } from './dnc-routes.ts';

export function registerComplianceRoutes(api: Api, services: Pick<Services, 'database' | 'clock' | 'newUuid'>): void {
  const { clock } = services;
  const { db } = services.database;
  api.handle(contract.complianceStatus, async () => ok(showCompliance(await readCompliance(db, clock))));
  api.handle(contract.optOutReport, async ({ query: { by, ...query } }) =>
    ok(await readReport(db, clock, { by, filter: await filterOf(db, clock, query) })),
  );
  api.raw(exportRoute, async ({ query, caller, request }) => {
    const filter = await filterOf(db, clock, query);
    const order = { filter, actor: caller.actor, signal: request.signal };
    return ok(
      csvAnswer({ name: 'opt-outs.csv', plainName: 'opt-outs.csv' }, await exportOptOuts({ ...services, db }, order)),
    );
  });
}

const exportRoute = rawRoute({
  method: 'get',
  path: '/v1/opt-out-report/opt-outs.csv',
  access: 'manager',
  tag: 'Compliance',
  summary: 'Every opt-out of these days with its number, how it came, how long it took, and the text that it followed',
  request: { query: contract.reportQuery },
  produces: 'text/csv',
});

export interface ReportQuery {
  readonly days: number;
  readonly campaignId?: string | undefined;
  readonly laneId?: string | undefined;
  readonly state?: string | undefined;
}

/** Whole days of the business, today among them. */
export async function filterOf(db: Db, clock: Clock, query: ReportQuery): Promise<OptOutFilter> {
  const { zone } = await getBusiness(db);
  const today = dayIn(zone, clock.now());
  const { days, campaignId, laneId, state } = query;
  return {
    zone,
    from: startOfDay(zone, daysUpTo(today, days)[0] ?? today),
    campaignId: campaignId === undefined ? undefined : uuidOf('campaign', campaignId),
    laneId: laneId === undefined ? undefined : uuidOf('lane', laneId),
    state,
  };
}

export async function readReport(
  db: Db,
  clock: Clock,
  { by, filter }: { readonly by: ReportSide; readonly filter: OptOutFilter },
): Promise<contract.OptOutReport> {
  const levels = optOutLevelsAt(clock.now());
  const [rates, byWay] = await Promise.all([
    readOptOutRates(db, { sides: [...new Set<ReportSide>([by, 'day'])], filter }),
    readOptOutsByWay(db, filter),
  ]);
  return {
    from: isoText(filter.from),
    zone: filter.zone,
    by,
    levels: showLevels(levels),
    total: totalOf(rates.get('day') ?? [], levels),
    rates: (rates.get(by) ?? []).map((rate) => showRate(rate, KINDS[by], levels)),
    byWay: [...byWay],
  };
}

const KINDS: Readonly<Record<ReportSide, IdKind | null>> = {
  campaign: 'campaign',
  variant: 'variant',
  lane: 'lane',
  state: null,
  hour: null,
  day: null,
};

const showRate = ({ key, campaignId, ...rate }: OptOutRate, kind: IdKind | null, levels: OptOutLevels) => ({
  ...rate,
  key: kind === null ? key : showId(kind, key),
  campaignId: campaignId === null ? null : showId('campaign', campaignId),
  alarm: alarmOf(rate, levels),
});

function totalOf(days: readonly OptOutRate[], levels: OptOutLevels) {
  const texts = days.reduce((sum, day) => sum + day.texts, 0);
  const optOuts = days.reduce((sum, day) => sum + day.optOuts, 0);
  return { texts, optOuts, alarm: alarmOf({ texts, optOuts }, levels) };
}

const showLevels = ({ version, textsMin, warning, flagged, suspended, source }: OptOutLevels) => ({
  ...{ version, textsMin, warning, flagged, suspended, source },
});

const withSentence = ({ reason, count }: { readonly reason: string; readonly count: number }) => ({
  reason,
  sentence: sentenceFor(reason).sentence,
  count,
});

const showVerification = ({ at, actor, actorName, state, sentence, checked }: LastVerification) => ({
  at: isoText(at),
  by: actor,
  byName: actorName,
  ...{ state, sentence, checked },
});

export function showCompliance(found: Compliance): contract.ComplianceStatus {
  const { levels, optOuts, standing, chain, verified } = found;
  const { reach, consent } = standing;
  return {
    asOf: isoText(found.asOf),
    from: isoText(found.from),
    days: found.days,
    zone: found.zone,
    levels: showLevels(levels),
    optOuts: {
      total: totalOf(optOuts.byDay, levels),
      byDay: optOuts.byDay.map((rate) => showRate(rate, null, levels)),
      byCampaign: optOuts.byCampaign.map((rate) => showRate(rate, 'campaign', levels)),
      byVariant: optOuts.byVariant.map((rate) => showRate(rate, 'variant', levels)),
      byLane: optOuts.byLane.map((rate) => showRate(rate, 'lane', levels)),
      byWay: [...optOuts.byWay],
    },
    confirmations: found.confirmations,
    people: {
      countedAt: isoText(standing.countedAt),
      contacts: reach.contacts,
      textable: reach.textable,
      excluded: reach.excluded.map(withSentence),
      writtenConsent: consent.written,
      expressConsent: consent.express,
      takenBack: consent.optedOut,
    },
    blocked: standing.blocked.map(withSentence),
    heldNumbers: found.heldNumbers,
    unheardOptOuts: found.unheardOptOuts,
    dncLists: found.dncLists.map(showDncList),
    audit: {
      sealed: chain.head.seq,
      sealedAt: isoTextOrNull(chain.head.sealedAt),
      waiting: chain.waiting,
      overdue: chain.overdue,
      verified: verified === undefined ? null : showVerification(verified),
    },
    rules: [...found.rules],
  };
}
